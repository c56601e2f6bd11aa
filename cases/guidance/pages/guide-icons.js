/** Pictures of the themes: 24 × 24, the stroke of the other icons. */

const NS = "http://www.w3.org/2000/svg";
const PATHS = {
  birth: ["M12 3.500a3 3 0 1 1 0 6 3 3 0 0 1 0-6", "M5 20c0-5 3-8 7-8s7 3 7 8", "M9 20v-3.500h6V20", "M4 20h16"],
  shop: ["M4 9l1.500-5h13L20 9", "M4 9a2.670 2.670 0 0 0 5.330 0 2.670 2.670 0 0 0 5.340 0A2.670 2.670 0 0 0 20 9", "M5.500 12v8h13v-8", "M10 20v-5h4v5"],
  school: ["M2.500 9L12 4.500 21.500 9 12 13.500z", "M6.500 11v5c0 1.500 2.500 3 5.500 3s5.500-1.500 5.500-3v-5", "M21.500 9v6"],
  home: ["M4 11l8-7 8 7", "M6 9.500V20h12V9.500", "M10 20v-6h4v6"],
  retire: ["M9 4a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5", "M6 21v-6l-1-3c.5-2 2-3 4-3s3 1 3.500 2.500L15 14", "M10.500 21v-5", "M17.500 21V11.500a1.500 1.500 0 0 0-3 0"],
  health: ["M4 8h16v12H4z", "M9 8V5h6v3", "M12 11v6", "M9 14h6"],
  marriage: ["M9 9a5 5 0 1 1 0 10A5 5 0 0 1 9 9", "M15 9a5 5 0 1 1 0 10 5 5 0 0 1 0-10", "M10.500 5l1.500 2 1.500-2"],
  work: ["M3.500 8h17v11h-17z", "M9 8V5.500h6V8", "M3.500 13h17", "M11 13v2h2v-2"],
  identity: ["M3 5.500h18v13H3z", "M8.500 9a2 2 0 1 1 0 4 2 2 0 0 1 0-4", "M5.500 16c.5-1.500 1.500-2 3-2s2.500.5 3 2", "M14.500 10h4", "M14.500 13.500h4"],
  abroad: ["M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18", "M3 12h18", "M12 3c5 5 5 13 0 18", "M12 3c-5 5-5 13 0 18"],
  car: ["M4 16v-4l2-5h12l2 5v4z", "M4 12h16", "M7 16v2.500", "M17 16v2.500", "M7.500 14h.01", "M16.500 14h.01"],
  disability: ["M11 3.500a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3", "M11 9v5h5l2 5h2", "M11 11.500h4.500", "M8.500 11.500a5 5 0 1 0 6.500 6.500"],
  hardship: ["M4 13c0-3 2-4 4-4 2.500 0 3 2 4 2h3a1.500 1.500 0 0 1 0 3h-4", "M15 14l4-2.500a1.500 1.500 0 0 1 1.500 2.500L15 18.500H9L4 20", "M12 3.500l1 2 2 .3-1.500 1.500"],
  death: ["M12 3c2 3 2 5 0 6-2-1-2-3 0-6", "M9 21V12h6v9", "M6 21h12"],
  veteran: ["M12 3.500l2.300 4.700 5.200.8-3.700 3.600.9 5.200L12 15.300l-4.700 2.500.9-5.200L4.500 9l5.200-.8z", "M6 21h12"],
};
const USUAL = ["M4 6h16", "M4 12h16", "M4 18h10"];

/** A theme's picture; a plain list where there is none of its name. */
export function themeIcon(name) {
  const svg = document.createElementNS(NS, "svg");
  const attributes = { class: "icon g-theme", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "1.75", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const d of PATHS[name] ?? USUAL) {
    const path = document.createElementNS(NS, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
