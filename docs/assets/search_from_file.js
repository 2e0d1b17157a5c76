// Search for pages opened from the disk, where a browser starts no worker and fetches no JSON: the worker's script runs
// in a frame, the index comes from a script that scripts/docs.sh writes.
if (location.protocol === "file:") {
  const base = document.currentScript.dataset.base;
  const load = (document, url) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: url, onload: resolve, onerror: reject });
    document.head.appendChild(script);
  });
  const index = load(document, new URL(`${base}/search/search_index.js`, location)).then(() => __search_index);
  window.__search = { index };
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      this.scope = frame.contentWindow;
      this.scope.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.ready = load(this.scope.document, new URL(url, location));
    }
    postMessage(data) {
      this.ready.then(() => this.scope.dispatchEvent(new this.scope.MessageEvent("message", { data })));
    }
  };
}
