/** The token that writes carry: staff and people who file by themselves have one each, also in one browser. */

const APPLICANT = /^\/api\/v1\/(?:applicant|applications)(?:[/?]|$)/;

/** The header for a write to an address of this hall; nothing where nobody is signed in. */
export function xsrfHeader(address) {
  const name = APPLICANT.test(new URL(address, location.href).pathname) ? "_xsrf_applicant" : "_xsrf";
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found ? { "X-XSRFToken": decodeURIComponent(found.slice(name.length + 1)) } : {};
}
