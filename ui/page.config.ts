/** How every page is built: from its own folder into the Python package, in modern plain files. */
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { UserConfig } from "vite";

/** Where a running simulator is expected when a page is served by `npm run dev`. */
const SIMULATOR = process.env["ROOST_SIMULATOR"] ?? "http://127.0.0.1:8090";

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
    plugins: [svelte({ configFile: false })],
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
