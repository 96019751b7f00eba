/** The phone, as the simulator serves it. */
import { defineConfig } from "vite";
import { page } from "../../page.config.ts";

export default defineConfig(page("phone", "/_sim/phone/"));
