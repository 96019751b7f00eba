/** Puts the stage onto the page. */
import { mount } from "svelte";
import "../shared/tokens.css";
import Stage from "./Stage.svelte";

mount(Stage, { target: document.body });
