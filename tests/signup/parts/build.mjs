// Makes backend/signup/look/dkfds.css and the fonts of what npm installed here: of dkfds what the templates use, and no
// more. usage: node build.mjs FOLDER
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { PurgeCSS } from "purgecss";

const [into] = process.argv.slice(2);
const from = "node_modules/dkfds/dist";
const pages = "../../../backend/signup";
mkdirSync(into, { recursive: true });
const weights = { 400: "Regular", 600: "SemiBold", 700: "Bold" };

// Of IBM Plex Sans the three weights the pages show, with western Europe's letters; any other letter is the machine's.
const faces = Object.entries(weights).map(([weight, name]) => {
    const file = `IBMPlexSans-${name}-Latin1.woff2`;
    copyFileSync(`${from}/fonts/IBMPlexSans/split/woff2/${file}`, `${into}/${file}`);
    return `@font-face{font-display:swap;font-family:IBM Plex Sans;font-style:normal;font-weight:${weight};src:url(${file}) format("woff2")}`;
});

copyFileSync(`${from}/fonts/IBMPlexSans/complete/woff2/license.txt`, `${into}/IBMPlexSans-license.txt`);

const whole = readFileSync(`${from}/css/dkfds.min.css`, "utf8").replace(/@font-face\{[^}]*\}/g, "");
const [{ css }] = await new PurgeCSS().purge({
    content: [`${pages}/templates/*.html`],
    css: [{ raw: whole }],
    safelist: ["alert-error", "alert-info", "alert-success", "alert-warning"],
    variables: true,
    keyframes: true,
});
// Symbols are drawings of dkfds, files beside the style sheet.
const drawn = css.replace(/url\(\.\.\/img\/svg-icons\/([\w-]+\.svg)\)/g, (_, file) => {
    copyFileSync(`${from}/img/svg-icons/${file}`, `${into}/${file}`);
    return `url(${file})`;
});
for (const name of ["error", "info", "success", "warning"]) {
    copyFileSync(`${from}/img/svg-icons/${name}.svg`, `${into}/${name}.svg`); // parts.html shows them
}
const elsewhere = drawn.match(/url\((?![\w-]+\.svg\))[^)]*\)/g);
if (elsewhere) throw new Error(`the style sheet asks for ${elsewhere}`);
const head = "/* dkfds 11.2.0, what the sign-up pages use of it: see NOTICE. Made by tests/signup/parts/build.sh */\n";
writeFileSync(`${into}/dkfds.css`, `${head}${faces.join("")}${drawn.replace(/^@charset "[^"]*";/, "").replace(/^\uFEFF/, "")}\n`);
