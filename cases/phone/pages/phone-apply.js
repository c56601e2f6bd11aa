export async function applyView(phone, place) { phone.show(place, { title: "…", body: "" }); }
export function beginDraft() {}
