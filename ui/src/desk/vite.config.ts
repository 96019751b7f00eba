/** The desk, as the application serves it. */
import { defineConfig } from "vite";
import { page } from "../../page.config.ts";

export default defineConfig(page("desk", "/desk/"));
