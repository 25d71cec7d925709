// Passkeys (WebAuthn) on the pages of sign-in, and copying what is shown once.
import { on } from "../events.js";

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
};
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (list) => (list ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

function made({ publicKey }) {
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
      authenticatorSelection: { ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" },
    },
  });
}

function used({ publicKey }) {
  return navigator.credentials.get({
    publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) },
  });
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`passkey options: ${answer.status}`);
  return answer.json();
}

const ceremony = {
  add: async (form) => made((await optionsOf(form)).creation_options),
  confirm: async (form) => used((await optionsOf(form)).request_options),
  "sign-in": async (form) => used((await optionsOf(form)).request_options),
};

async function run(form) {
  const said = form.querySelector("[data-failed]");
  said.hidden = true;
  try {
    form.elements.credential.value = JSON.stringify(written(await ceremony[form.dataset.passkey](form)));
    form.submit();
  } catch {
    said.textContent = window.PublicKeyCredential ? said.dataset.failed : said.dataset.unsupported;
    said.hidden = false;
  }
}

on("submit", "form[data-passkey]", (event, form) => {
  event.preventDefault();
  run(form);
});

on("click", "[data-copies]", async (_event, button) => {
  const source = button.parentElement.closest(".stack, .card, .row")?.querySelector("[data-copy-from]") ?? document.querySelector("[data-copy-from]");
  source.select();
  await navigator.clipboard?.writeText(source.value).catch(() => document.execCommand("copy"));
});
