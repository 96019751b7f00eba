/** The stage, as the simulator serves it. */
import { defineConfig } from "vite";
import { page } from "../../page.config.ts";

export default defineConfig(page("stage", "/_sim/stage/"));
