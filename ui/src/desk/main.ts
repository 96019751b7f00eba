/** Puts the desk onto the page. */
import { mount } from "svelte";
import "../shared/tokens.css";
import "./desk.css";
import App from "./App.svelte";
import { attend } from "./attended";

attend();
mount(App, { target: document.body });
