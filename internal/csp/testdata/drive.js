'use strict';
// Tries things in frames that carry a policy each, and says what the browser did. A frame has the origin of this page, so
// that this page, which has no policy, can act in the frame's name.
const sleep = ms => new Promise(done => setTimeout(done, ms));
const wasm = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

function open(address) {
  return new Promise(done => {
    const frame = document.createElement('iframe');
    frame.onload = () => done(frame);
    frame.src = address;
    document.body.append(frame);
  });
}

// loads resolves when an element has loaded, or has not, or was refused.
function loads(win, element, parent) {
  return new Promise(done => {
    for (const name of ['load', 'error', 'loadedmetadata']) element.addEventListener(name, done);
    win.document.addEventListener('securitypolicyviolation', e => { if (e.disposition === 'enforce') done(); });
    if (parent) parent.append(element);
    sleep(3000).then(done);
  });
}

function make(win, tag, attributes) {
  const e = win.document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value) e.setAttribute(name, value);
  return e;
}

const attempts = {
  script: (w, r) => loads(w, make(w, 'script', { src: r.url, nonce: r.nonce, integrity: r.integrity, crossorigin: r.integrity && 'anonymous' }), w.document.head),
  style: (w, r) => loads(w, make(w, 'link', { rel: 'stylesheet', href: r.url, nonce: r.nonce }), w.document.head),
  image: (w, r) => { const i = new w.Image(); const p = loads(w, i, w.document.body); i.src = r.url; return p; },
  font: (w, r) => new w.FontFace('f', `url("${r.url}")`).load().catch(() => {}),
  media: (w, r) => { const v = make(w, 'video', { preload: 'auto', src: r.url }); return loads(w, v, w.document.body); },
  object: (w, r) => loads(w, make(w, 'object', { data: r.url }), w.document.body),
  frame: (w, r) => loads(w, make(w, 'iframe', { src: r.url }), w.document.body),
  connect: (w, r) => r.url.startsWith('ws') ? new Promise(done => {
    try { const s = new w.WebSocket(r.url); s.onopen = s.onerror = s.onclose = done; } catch (e) { done(); }
  }) : w.fetch(r.url, { mode: 'no-cors' }).catch(() => {}),
  worker: (w, r) => new Promise(done => {
    const address = r.url === 'blob:' ? w.URL.createObjectURL(new w.Blob(['postMessage(1)'], { type: 'text/javascript' })) : r.url;
    try { const k = new w.Worker(address); k.onmessage = k.onerror = done; } catch (e) { done(); }
    sleep(3000).then(done);
  }),
  // The form replaces the frame, so that only form-action is asked: this page, around it, has no frame-src.
  form: (w, r) => new Promise(done => {
    const f = make(w, 'form', { action: r.url, method: 'post' });
    w.document.body.append(f);
    w.frameElement.onload = done;
    w.document.addEventListener('securitypolicyviolation', e => { if (e.disposition === 'enforce') done(); });
    f.submit();
    sleep(3000).then(done);
  }),
  base: async (w, r) => { const b = make(w, 'base', { href: r.url }); w.document.head.append(b); void w.document.baseURI; b.remove(); },
  'inline-script': async (w, r) => { const s = make(w, 'script', { nonce: r.nonce }); s.textContent = r.text; w.document.head.append(s); },
  handler: async (w, r) => { const b = make(w, 'b', { onclick: r.text }); w.document.body.append(b); b.click(); },
  // The address is followed in a task of its own, some time later: it sets went, or is refused.
  'javascript-url': (w, r) => new Promise(done => {
    w.went = 0;
    const look = setInterval(() => { if (w.went) finish(); }, 5);
    const finish = () => { clearInterval(look); done(); };
    w.document.addEventListener('securitypolicyviolation', e => { if (e.disposition === 'enforce' && e.effectiveDirective === 'script-src-elem') finish(); });
    const a = make(w, 'a', { href: r.text });
    w.document.body.append(a);
    a.click();
    sleep(3000).then(finish);
  }),
  'inline-style': async (w, r) => { const s = make(w, 'style', { nonce: r.nonce }); s.textContent = r.text; w.document.head.append(s); },
  'style-attribute': async (w, r) => { w.document.body.append(make(w, 'i', { style: r.text })); },
  speculation: async (w, r) => { const s = make(w, 'script', { type: 'speculationrules', nonce: r.nonce }); s.textContent = r.text; w.document.head.append(s); },
  eval: async (w, r) => { try { w.eval('1'); } catch (e) { /* told by the event */ } },
  'wasm-eval': async (w, r) => { try { new w.WebAssembly.Module(wasm); } catch (e) { /* told by the event */ } },
};

// fence resolves when everything that was refused before has been told: every page reports, but allows, texts as innerHTML.
let fences = 0;
function fence(win, doc) {
  return new Promise(done => {
    const text = 'fence ' + ++fences + '.';
    const told = e => {
      if (e.effectiveDirective !== 'require-trusted-types-for' || !e.sample.includes(text)) return;
      doc.removeEventListener('securitypolicyviolation', told);
      done();
    };
    doc.addEventListener('securitypolicyviolation', told);
    doc.createElement('p').innerHTML = text;
  });
}

// one tries a frame's requests in turn and returns, for each, the directives the browser named when it refused. A form must
// be the last.
async function one(work) {
  const frame = await open(work.address);
  const win = frame.contentWindow;
  let refused = [];
  let doc;
  try { doc = win.document; } catch (e) { /* another origin: an error page stands there */ }
  if (!doc || !doc.querySelector('#here')) { frame.remove(); return { framed: false, ran: [], refused: [] }; }
  const ran = [...(win.ran || [])];
  let outer = refused; // of the last attempt that another process decides on; its word may come late
  doc.addEventListener('securitypolicyviolation', e => {
    // Chromium also asks about "" when a <base> goes away, which no policy allows and nothing comes of.
    if (e.disposition !== 'enforce' || e.effectiveDirective === 'base-uri' && !e.blockedURI) return;
    (['frame-src', 'object-src', 'form-action'].includes(e.effectiveDirective) ? outer : refused).push(e.effectiveDirective);
  });
  await fence(win, doc); // so that what was said of the page's own script is nobody else's
  const list = [];
  for (const r of work.requests) {
    refused = [];
    list.push(refused);
    if (['frame', 'form', 'object'].includes(r.kind)) outer = refused;
    await attempts[r.kind](win, r);
    if (['frame', 'form', 'object'].includes(r.kind)) await sleep(120); // told by another process
    if (r.kind !== 'form') await fence(win, doc);
  }
  frame.remove();
  return { framed: true, ran, refused: list };
}

// all runs several frames at a time.
async function all(works) {
  const answers = [];
  let next = 0;
  const lane = async () => { while (next < works.length) { const i = next++; answers[i] = await one(works[i]); } };
  await Promise.all(Array.from({ length: 6 }, lane));
  return answers;
}
