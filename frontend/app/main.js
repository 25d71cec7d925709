// Everything that pages do beside htmx.
import { startFloating } from "./floating.js";
import { startPalette } from "./palette.js";
import { startRows } from "./rows.js";
import { startToasts } from "./toasts.js";
import "./areas/accounts.js";
import "./areas/customers.js";
import "./areas/duplicates.js";
import "./areas/home.js";
import "./areas/imports.js";
import "./areas/jobs.js";

startFloating();
startPalette();
startRows();
startToasts();
