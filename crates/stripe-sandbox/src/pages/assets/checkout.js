// Comfort only: every step of the page works without this script.
const form = document.querySelector("form[data-pay]");
const field = (name) => form.elements.namedItem(name);

// A test card fills the form in place, where the plain link would load the page again.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-number]");
  if (!link || !field("card_number")) return;
  event.preventDefault();
  field("card_number").value = link.dataset.number;
  field("card_cvc").value = link.dataset.cvc;
  field("card_expiry").value ||= "12 / 34";
  field("card_name").value ||= "Test Customer";
  const typed = form.querySelector('input[name="saved_card"][value=""]');
  if (typed) typed.checked = true;
  link.closest("details").open = false;
  (field("email").value ? form.querySelector("[type=submit]") : field("email")).focus();
});

// Digits are grouped once a field is left, so that the caret never jumps while typing.
form.addEventListener("focusout", ({ target }) => {
  const digits = target.value?.replace(/\D/g, "");
  if (!digits) return;
  if (target.name === "card_number") {
    const groups = /^3[47]/.test(digits) ? /(\d{4})(\d{1,6})?(\d+)?/ : /(\d{4})(?=\d)/g;
    target.value = groups.global ? digits.replace(groups, "$1 ") : digits.replace(groups, "$1 $2 $3").trim();
  }
  if (target.name === "card_expiry" && digits.length === 4) target.value = `${digits.slice(0, 2)} / ${digits.slice(2)}`;
});

// A pressed button says that it works, and cannot be pressed twice.
form.addEventListener("submit", (event) => {
  const button = form.querySelector("[type=submit]");
  if (button.getAttribute("aria-disabled")) return event.preventDefault();
  button.setAttribute("aria-disabled", "true");
  button.dataset.label = button.textContent;
  button.textContent = button.dataset.working;
});

// The browser may show this page again from memory when its reader goes back.
window.addEventListener("pageshow", ({ persisted }) => {
  const button = form.querySelector("[type=submit]");
  if (!persisted || !button.dataset.label) return;
  button.removeAttribute("aria-disabled");
  button.textContent = button.dataset.label;
});
