// Comfort only: every page works without this file.
(() => {
  "use strict";

  // A button that was pressed shows that it works and is not pressed twice. The server does not care if it is.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.busy) {
      event.preventDefault();
      return;
    }
    form.dataset.busy = "yes";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });

  // The back button may show a page as it was left: with its buttons pressed.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-busy]")) delete form.dataset.busy;
    for (const button of document.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  });

  // Another country has other address fields: ask for them without a second click.
  for (const select of document.querySelectorAll("select[data-submits]")) {
    const button = select.form.querySelector(`button[value="${select.dataset.submits}"]`);
    button.hidden = true;
    select.addEventListener("change", () => select.form.requestSubmit(button));
  }

  // While a payment is being confirmed, look again after the pause that the page asks for.
  const waiting = document.querySelector("[data-next]");
  if (waiting) {
    setTimeout(() => location.replace(waiting.dataset.next), Number(waiting.dataset.pauseSeconds) * 1000);
  }
})();
