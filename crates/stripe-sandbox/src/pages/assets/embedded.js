// Mounts Checkout inside a page of the seller's, as Stripe.js does:
//
//   const checkout = await StripeSandbox.initEmbeddedCheckout({ clientSecret, onComplete });
//   checkout.mount("#checkout");
//
// `Stripe(key)` is there too, with the same function under its older and its newer name, unless Stripe's own came first.
(() => {
  const sandbox = new URL(document.currentScript.src).origin;

  async function initEmbeddedCheckout({ clientSecret, fetchClientSecret, onComplete }) {
    const secret = clientSecret ?? (await fetchClientSecret());
    const frame = document.createElement("iframe");
    frame.src = `${sandbox}/c/embedded/${encodeURIComponent(secret)}`;
    frame.title = "Secure payment";
    frame.style.cssText = "border: 0; display: block; width: 100%; min-height: 30rem";
    let completed = false;

    const listen = ({ origin, source, data }) => {
      if (origin !== sandbox || source !== frame.contentWindow || data?.from !== "stripe-sandbox") return;
      if (data.height) frame.style.height = `${data.height}px`;
      if (!data.complete || completed) return;
      completed = true;
      if (data.redirect) window.location.assign(data.redirect);
      else onComplete?.();
    };

    return {
      mount(place) {
        const element = typeof place === "string" ? document.querySelector(place) : place;
        if (!element) throw new Error(`There is no ${place} to mount Checkout in.`);
        window.addEventListener("message", listen);
        element.append(frame);
      },
      unmount() {
        frame.remove();
      },
      destroy() {
        window.removeEventListener("message", listen);
        frame.remove();
      },
    };
  }

  window.StripeSandbox = { initEmbeddedCheckout };
  window.Stripe ??= () => ({ initEmbeddedCheckout, createEmbeddedCheckoutPage: initEmbeddedCheckout });
})();
