/* What tests measure on a screen, in the page's own pixels. */
({
  /* The height of a capital in the page's own font, in pixels of the panel. */
  caps: (selector) => [...document.querySelectorAll(selector)].map((node) => {
    const style = getComputedStyle(node);
    const paper = document.createElement("canvas").getContext("2d");
    paper.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const found = paper.measureText("H");
    return { text: node.textContent, px: found.actualBoundingBoxAscent };
  }),

  /* Every text that a box around it cuts off, or that runs off the screen. */
  cut: () => {
    const found = [];
    const inside = (inner, outer, slack) => inner.left >= outer.left - slack && inner.right <= outer.right + slack && inner.top >= outer.top - slack && inner.bottom <= outer.bottom + slack;
    const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    const walker = document.createTreeWalker(document.querySelector("#stage"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const text = range.getBoundingClientRect();
      const box = node.parentElement;
      if (!text.width || getComputedStyle(box).visibility === "hidden") continue;
      const lead = Math.max(4, parseFloat(getComputedStyle(box).fontSize) * 0.3);
      if (!inside(text, screen, 2)) found.push(["off the screen", node.data]);
      for (let around = box; around && around.id !== "stage"; around = around.parentElement) {
        const style = getComputedStyle(around);
        if (style.overflowX !== "visible" && !inside(text, around.getBoundingClientRect(), lead)) { found.push([around.className, node.data]); break; }
        if (style.textOverflow === "ellipsis" && around.scrollWidth > around.clientWidth + 1) { found.push(["…", node.data]); break; }
      }
    }
    return found;
  },

  /* Every call whose words do not fit into its card, with the ink of its letters measured. */
  over: () => {
    const paper = document.createElement("canvas").getContext("2d");
    return [...document.querySelectorAll(".call, .rest--large .rest__one")].flatMap((card) => {
      const box = card.getBoundingClientRect();
      const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
      const found = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const style = getComputedStyle(node.parentElement);
        if (!node.data.trim() || !node.parentElement.getClientRects().length) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const text = range.getBoundingClientRect();
        paper.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
        const ink = paper.measureText(node.data);
        const base = text.top + (text.height - ink.fontBoundingBoxAscent - ink.fontBoundingBoxDescent) / 2 + ink.fontBoundingBoxAscent;
        const lines = Math.max(1, Math.round(text.height / parseFloat(style.fontSize) / 1.6));
        if (lines > 1) continue; // its box says enough; `cut` looks at it
        if (base - ink.actualBoundingBoxAscent < box.top + 1 || base + ink.actualBoundingBoxDescent > box.bottom - 1 || text.right > box.right - 1) found.push([card.className, node.data, Math.round(base + ink.actualBoundingBoxDescent - box.bottom), Math.round(text.right - box.right)]);
      }
      return found;
    });
  },

  /* Every text whose measured contrast with what it stands on is below 7:1. */
  contrast: () => {
    const paper = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => { paper.clearRect(0, 0, 1, 1); paper.fillStyle = colour; paper.fillRect(0, 0, 1, 1); const [r, g, b, a] = paper.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
    const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
    const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const found = {};
    const walker = document.createTreeWalker(document.querySelector("#stage"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const box = node.parentElement;
      if (!node.data.trim() || !box.getClientRects().length) continue;
      const layers = [];
      for (let around = box; around; around = around.parentElement) { const c = rgba(getComputedStyle(around).backgroundColor); if (c[3] > 0) layers.push(c); if (c[3] === 1) break; }
      const ground = layers.reverse().reduce((below, top) => over(top, below), [0, 0, 0, 1]);
      const letters = over(rgba(getComputedStyle(box).color), ground);
      const [a, b] = [light(letters), light(ground)].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < 7) found[`${box.className || box.parentElement.className}: ${node.data}`] = Math.round(ratio * 100) / 100;
    }
    return found;
  },
})
