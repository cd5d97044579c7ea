// Tells the page that this one is mounted in how tall it is, and when the session is over.
const tell = (message) => window.parent.postMessage({ from: "stripe-sandbox", ...message }, "*");

new ResizeObserver(() => tell({ height: document.documentElement.scrollHeight })).observe(document.body);

const ending = document.querySelector("[data-complete]");
if (ending) tell({ complete: true, redirect: ending.dataset.redirect });
