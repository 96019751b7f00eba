/** How every page is built: from its own folder into the Python package, in modern plain files. */
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { HtmlTagDescriptor, Plugin, UserConfig } from "vite";

/** Where a running simulator is expected when a page is served by `npm run dev`. */
const SIMULATOR = process.env["ROOST_SIMULATOR"] ?? "http://127.0.0.1:8090";

const HEAD: HtmlTagDescriptor[] = [
  { tag: "meta", attrs: { charset: "utf-8" } },
  meta("viewport", "width=device-width, initial-scale=1, interactive-widget=resizes-content"),
  meta("color-scheme", "light dark"),
  meta("referrer", "no-referrer"),
  { tag: "link", attrs: { rel: "icon", type: "image/svg+xml", href: "./icon.svg" } },
];

function meta(name: string, content: string): HtmlTagDescriptor {
  return { tag: "meta", attrs: { name, content } };
}

/** What the head of every page begins with. */
const head: Plugin = {
  name: "head",
  transformIndexHtml: {
    order: "pre",
    handler: () => HEAD.map((tag) => ({ ...tag, injectTo: "head-prepend" })),
  },
};

/** The settings of one page.
 *
 * @param name Its folder under `src/roost/_ui`.
 * @param servedAt The path the page is served under, with a slash at either end. Absolute,
 *   because `/_sim/phone` without the last slash must find its files as well.
 */
export function page(name: string, servedAt: string): UserConfig {
  return {
    base: servedAt,
    publicDir: false,
    plugins: [head, svelte({ configFile: false })],
    build: {
      outDir: fileURLToPath(new URL(`../src/roost/_ui/${name}`, import.meta.url)),
      emptyOutDir: true,
      target: "es2022",
      // Everything stays a file of its own: no data: addresses, so a strict CSP needs no exception.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    server: {
      host: "127.0.0.1",
      fs: { allow: [fileURLToPath(new URL(".", import.meta.url))] },
      proxy: { "^/_sim/(?!phone|stage)": { target: SIMULATOR } },
    },
  };
}
