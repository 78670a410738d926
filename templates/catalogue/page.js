"use strict";
(() => {
  const KEYS = ["q", "scheme", "kind", "state", "status"];
  const byId = (id) => document.getElementById(id);
  const form = byId("filters");
  const panel = byId("panel");
  const rows = [...byId("rows").rows].map((element) => ({
    element,
    link: element.querySelector("a"),
    id: element.dataset.id,
    search: element.dataset.search,
    scheme: element.dataset.scheme.split(" "),
    kind: element.dataset.kind.split(" "),
    state: [element.dataset.state],
    status: [element.dataset.status],
  }));
  const byName = new Map(rows.map((row) => [row.id, row]));
  let current = null;
  let returnTo = null;

  // The facts about a connector are only read when somebody asks for them.
  const parsed = (id) => JSON.parse(byId(id).textContent);
  const titles = parsed("titles");
  const markup = new Map(Object.entries(parsed("markup")));

  // Elements are made one by one, and text is only ever text.
  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, value);
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };
  const link = (parts, href, attributes) =>
    href && (/^(https?:\/\/|mailto:)/.test(href) || !/^[^/]*:/.test(href)) ? [make("a", { href, ...attributes }, ...parts)] : parts;
  const code = (text) => make("code", null, text);
  const styles = { code: "code", emphasis: "em", strong: "strong" };
  const span = ({ text, style, href }) => (href ? link([text], href, { rel: "noreferrer" }) : [styles[style] ? make(styles[style], null, text) : text]);
  const marked = (text) => markup.get(text)?.flatMap(span) ?? [text];
  const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

  // Where we are: everything that can be chosen stands after the # of the address.
  const read = () => {
    const found = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries([...KEYS, "connector"].map((key) => [key, found.get(key) ?? ""]));
  };
  const address = (state) => {
    const chosen = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
    return `#${chosen}`;
  };
  const isAnchor = () => location.hash.length > 1 && !location.hash.includes("=");
  let now = read();
  const go = (change, { replace = false } = {}) => {
    const state = { ...now, ...change };
    history[replace ? "replaceState" : "pushState"](null, "", address(state));
    show(state);
  };

  const show = (state) => {
    now = state;
    for (const key of KEYS) if (form.elements[key].value !== state[key]) form.elements[key].value = state[key];
    // An address may name what is no choice any more: then nothing fits, as it should.
    filter(state);
    open(byName.get(state.connector) ?? null);
  };

  const filter = (state) => {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const exact = KEYS.filter((key) => key !== "q" && state[key]);
    let hits = 0;
    for (const row of rows) {
      const fits = exact.every((key) => row[key].includes(state[key])) && words.every((word) => row.search.includes(word));
      if (row.element.hidden === fits) row.element.hidden = !fits;
      hits += fits;
    }
    byId("nothing").hidden = hits > 0;
    matrix.hidden = hits === 0;
    byId("hits").textContent = `${hits.toLocaleString("en")} of ${count(rows.length, "connector")}`;
    byId("clear").hidden = !KEYS.some((key) => state[key]);
    reachable(hits > 0 && current && !current.element.hidden ? current : rows.find((row) => !row.element.hidden));
  };

  // One row can be reached with the tabulator, the others from it with the arrows.
  let stop = null;
  const reachable = (row) => {
    if (stop && stop !== row) stop.link.tabIndex = -1;
    stop = row ?? null;
    if (stop) stop.link.tabIndex = 0;
  };
  const move = (row) => {
    if (!row) return;
    reachable(row);
    row.link.focus();
  };

  // On a narrow page the panel covers the rest, which must then be out of reach as well.
  const narrow = matchMedia("(max-width: 61.99rem)");
  const cover = () => {
    for (const rest of document.querySelectorAll(".top, main, .foot")) rest.inert = Boolean(current) && narrow.matches;
  };
  narrow.addEventListener("change", cover);

  // Beside the panel, a table that would be cut becomes a list with the same facts.
  const matrix = byId("rows").closest(".matrix");
  const compact = () => {
    matrix.classList.remove("compact");
    matrix.classList.toggle("compact", Boolean(current) && !narrow.matches && matrix.scrollWidth > matrix.clientWidth);
  };
  addEventListener("resize", compact);

  const open = (row) => {
    if (row === current) return;
    if (current) {
      current.element.classList.remove("chosen");
      current.link.setAttribute("aria-expanded", "false");
    }
    current = row;
    panel.hidden = !row;
    byId("shell").classList.toggle("open", Boolean(row));
    cover();
    compact();
    if (!row) return;
    row.element.classList.add("chosen");
    row.link.setAttribute("aria-expanded", "true");
    reachable(row.element.hidden ? stop : row);
    panel.replaceChildren(...details(parsed(`facts=${row.id}`)));
    panel.scrollTop = 0;
    row.link.scrollIntoView({ block: "nearest" });
  };
  const choose = (id, from) => {
    returnTo = from;
    go({ connector: id });
    if (current) byId("panel-title").focus();
  };
  const close = () => {
    const back = returnTo?.isConnected ? returnTo : current?.link;
    go({ connector: "" });
    if (back && !back.closest("[hidden]")) back.focus();
    else form.elements.q.focus();
  };

  // The panel.
  const section = (title, ...children) => {
    const filled = children.flat().filter(Boolean);
    return filled.length ? [make("h3", null, title), ...filled] : [];
  };
  const list = (items, row) => (items?.length ? make("ul", { class: "rows" }, ...items.map((item) => make("li", null, ...row(item)))) : null);
  const titled = (level, title, content) => (content ? [make(level, { class: "part" }, title), content] : []);
  const note = (text) => (text ? make("p", { class: "note" }, ...marked(text)) : null);
  const described = (item) =>
    item.title && item.description ? make("p", { class: "note" }, make("strong", null, item.title), ": ", ...marked(item.description)) : note(item.description || item.title);
  const definitions = (pairs) => {
    const found = pairs.filter(([, value]) => value && [value].flat().length);
    if (!found.length) return null;
    return make("dl", { class: "facts" }, ...found.map(([key, value]) => make("div", null, make("dt", null, key), make("dd", null, ...[value].flat()))));
  };
  // A long path breaks after its slashes.
  const path = (text) => text.split(/(?<=\/)/).flatMap((part, index) => (index ? [make("wbr"), part] : [part]));
  const place = (at) => {
    const parts = path(at.line ? `${at.path}:${at.line}` : at.path);
    return make("span", { class: "path" }, ...link(parts, at.href));
  };

  const origin = ({ source, required, expression }) => (required ? `${source} from ${required}` : source) + (expression ? ` (${expression})` : "");
  const remarks = (setting) => {
    const choices = (setting.choices ?? []).map(({ value, label }) => (label ? `${value} (${label})` : value));
    const words = [
      setting.type === "String" ? null : setting.type,
      setting.origin && origin(setting.origin),
      setting.lifetime,
      setting.optional && !setting.conditions && "optional",
      setting.conditions && `if ${Object.entries(setting.conditions).map(([name, values]) => `${name} is ${values.map((value) => value || "empty").join(" or ")}`).join(" and ")}`,
      setting.default && `default ${setting.default}`,
      choices.length && `one of ${choices.join(", ")}`,
      setting.format && `format ${setting.format}`,
      setting.pattern && `matches ${setting.pattern}`,
      setting.prefix && `preceded by ${setting.prefix}`,
      setting.suffix && `followed by ${setting.suffix}`,
      setting.example && `for example ${setting.example}`,
      setting.secret === "unknown" && "secrecy unknown",
      setting.secret === "no" && "not secret",
      setting.automated && "supplied by a program",
      setting.hidden && "not in forms",
      setting.deprecated && "deprecated",
    ];
    return words.filter(Boolean).join(" · ");
  };
  const setting = (item) => [code(item.name), described(item), note(remarks(item))];
  const method = (item, several) => {
    const part = (title, content) => titled(several ? "h5" : "h4", title, content);
    return [
      several ? make("h4", null, item.title) : null,
      definitions([
        ["Scheme", (item.schemes ?? []).flatMap((name, index) => [index ? " and " : "", make("a", { href: `#scheme-${name}` }, titles.schemes[name] ?? name)])],
        ["Kind", (item.kinds ?? []).map((kind) => titles.kinds[kind] ?? kind).join(", ")],
        ["In a manifest", Object.entries(item.selector ?? {}).map(([key, value]) => make("div", null, code(`${key}: ${value}`)))],
        ["Scopes", (item.scopes ?? []).map((scope) => make("div", null, code(scope)))],
        ["OAuth", Object.entries(item.oauth ?? {}).map(([path, value]) => make("div", null, `${path}: `, code(value)))],
      ]),
      ...part("Required: the owner of the connector supplies", list(item.required, setting)),
      ...part("Injected: the platform puts into the system", list(item.injected, setting)),
      ...part("Parameters: not secret", list(item.parameters, setting)),
      ...part("Where each value goes", list(item.placements, (slot) => [slot.location_title, slot.name ? " " : null, slot.name ? code(slot.name) : null, make("p", { class: "note" }, code(slot.value), ...(slot.fallback ? [" or ", code(slot.fallback)] : []))])),
      ...part("Addresses", definitions(Object.entries(item.endpoints ?? {}).map(([role, url]) => [role, [code(url), ...(role in (item.fallback_endpoints ?? {}) ? [" or ", code(item.fallback_endpoints[role])] : [])]]))),
      ...part("Request that verifies credentials", definitions(Object.entries(item.verification ?? {}).map(([path, value]) => [path, code(value)]))),
      ...part("Request for a token", definitions(Object.entries(item.token_request ?? {}).map(([path, value]) => [path, code(value)]))),
    ];
  };
  const name = (item) => [
    make("p", { class: "tags" }, code(item.name), make("span", { class: "chip" }, item.role), item.used === undefined ? null : make("span", { class: item.used ? "chip" : "chip warning" }, item.used ? "used" : "unused")),
    definitions([
      ["Python", item.python && code(item.python)],
      ["Environment", item.environment && code(item.environment)],
      ["Platform", item.platform && code(item.platform)],
      ["Used in", (item.uses ?? []).map((use) => make("div", null, place(use)))],
    ]),
  ];
  const finding = (item) => [
    make("p", { class: "tags" }, make("span", { class: `chip ${item.severity}` }, item.severity), code(item.code)),
    make("p", null, item.message),
    place(item),
  ];
  const drift = (item) => [make("p", { class: "tags" }, make("span", { class: "chip error" }, item.state), make("span", { class: "path" }, ...path(item.path)))];

  const badge = (item) => {
    const how = (item.methods ?? []).map((one) => (one.schemes ?? []).join("+")).join(" or ") || "unknown";
    const snippet = make("input", { readonly: "", value: `![auth: ${how}](${item.badge})`, "aria-label": "Badge in Markdown" });
    const button = make("button", { type: "button", class: "quiet" }, "Copy");
    button.addEventListener("click", async () => {
      snippet.select();
      try {
        await navigator.clipboard.writeText(snippet.value);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Selected";
      }
    });
    return [
      make("p", null, make("span", { class: "badge" }, make("span", null, `auth: ${how}`), make("span", { class: item.states[0].tone }, item.states.map((each) => each.text).join(", ")))),
      make("div", { class: "copy" }, snippet, button),
    ];
  };

  const details = (item) => {
    const shut = make("button", { type: "button", class: "quiet", id: "close" }, "Close");
    shut.addEventListener("click", close);
    const several = (item.methods ?? []).length > 1;
    return [
      make("header", null, make("h2", { id: "panel-title", tabindex: "-1" }, item.title), shut),
      make("p", { class: "tags" }, code(item.id), ...item.states.map((each) => make("span", { class: `pill ${each.tone}` }, each.text)), item.status === "stable" ? null : make("span", { class: "chip" }, item.status)),
      item.successor ? make("p", null, "Use ", code(item.successor), " instead.") : null,
      ...(item.summary ?? "").split("\n\n").filter(Boolean).map((text) => make("p", null, ...marked(text))),
      ...(item.notes ?? []).map((text) => note(text)),
      definitions([
        ["Defined in", place(item.source)],
        ["Docs", item.docs && make("span", { class: "path" }, ...link(path(item.docs), item.docs, { rel: "noreferrer" }))],
        ["Flags", (item.flags ?? []).map((flag) => make("div", null, code(flag)))],
      ]),
      ...section("Drift", list(item.drifts, drift)),
      ...section("Findings", list(item.findings, finding)),
      ...section("How it authenticates", ...(item.methods ?? []).map((one) => method(one, several))),
      ...section("Each name in each target", list(item.names, name)),
      ...section("Badge", badge(item)),
    ].filter(Boolean);
  };

  // What people do.
  const shown = () => rows.filter((row) => !row.element.hidden);
  const neighbour = (key, row) => {
    const all = shown();
    const index = all.indexOf(row);
    return { ArrowDown: all[index + 1], ArrowUp: all[index - 1], Home: all[0], End: all.at(-1) }[key];
  };
  const isTyping = (element) => element.matches("input, select, textarea, [contenteditable]");

  document.addEventListener("click", (event) => {
    const anchor = event.target.closest("a");
    if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const target = anchor.getAttribute("href");
    if (!target.startsWith("#")) return;
    if (!target.includes("=")) {
      if (narrow.matches) go({ connector: "" });
      return;
    }
    event.preventDefault();
    const wanted = Object.fromEntries(new URLSearchParams(target.slice(1)));
    if (wanted.connector) choose(wanted.connector, anchor);
    else {
      go({ ...Object.fromEntries(KEYS.map((key) => [key, ""])), ...wanted });
      byId("connectors").scrollIntoView();
      byId("connectors").focus({ preventScroll: true });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !isTyping(event.target)) {
      event.preventDefault();
      form.elements.q.focus();
      form.elements.q.select();
    } else if (event.key === "Escape" && current) {
      event.preventDefault();
      close();
    }
  });
  byId("rows").addEventListener("keydown", (event) => {
    const row = byName.get(event.target.closest("tr")?.dataset.id);
    if (!row || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    move(neighbour(event.key, row));
  });
  form.elements.q.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      move(shown()[0]);
    }
  });
  form.elements.q.addEventListener("input", (event) => go({ q: event.target.value }, { replace: true }));
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) go({ [event.target.name]: event.target.value });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  const everything = () => go(Object.fromEntries(KEYS.map((key) => [key, ""])));
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    everything();
    form.elements.q.focus();
  });
  byId("again").addEventListener("click", () => {
    everything();
    form.elements.q.focus();
  });
  for (const happening of ["popstate", "hashchange"]) addEventListener(happening, () => isAnchor() || show(read()));

  // Light or dark: as the system has it, until somebody chooses; where nothing can be kept, for this visit.
  const theme = byId("theme");
  const remembered = () => {
    try {
      return localStorage.getItem("authscribe-theme");
    } catch {
      return null;
    }
  };
  const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const paint = (wanted) => {
    if (wanted === "dark" || wanted === "light") document.documentElement.dataset.theme = wanted;
    theme.textContent = isDark() ? "Light theme" : "Dark theme";
  };
  theme.addEventListener("click", () => {
    const wanted = isDark() ? "light" : "dark";
    paint(wanted);
    try {
      localStorage.setItem("authscribe-theme", wanted);
    } catch {
      // It holds for this visit.
    }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint(null));

  for (const row of rows) {
    row.link.tabIndex = -1;
    row.link.setAttribute("aria-expanded", "false");
    row.link.setAttribute("aria-controls", "panel");
  }
  paint(remembered());
  theme.hidden = false;
  form.hidden = false;
  show(read());
})();
