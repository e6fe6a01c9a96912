//! `cargo xtask screenshots`: the report of `ddbkit inspect` as a browser shows it, into `docs/pictures`.

use crate::run::{cargo, find, program, root, say, succeed, target};
use std::path::{Path, PathBuf};

/// Where distributions put the browser.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

struct Picture {
    name: &'static str,
    width: u32,
    height: u32,
    is_dark: bool,
}

const PICTURES: [Picture; 3] = [
    Picture { name: "inspect-light.png", width: 1280, height: 1900, is_dark: false },
    Picture { name: "inspect-dark.png", width: 1280, height: 1900, is_dark: true },
    // The narrowest that the browser takes without a window.
    Picture { name: "inspect-phone.png", width: 500, height: 1900, is_dark: false },
];

/// Less than this is a page with nothing on it.
const LEAST_BYTES: usize = 20_000;

pub(crate) fn run() -> Result<(), String> {
    let browser = NAMES.iter().find_map(|name| find(name)).ok_or_else(|| {
        format!("no browser is on the PATH, none of {}: install chromium", NAMES.join(", "))
    })?;
    let page = target().join("inspect.html");
    let mut report = cargo(&["run", "--package", "ddbkit-inspect", "--example", "sample_report"]);
    succeed(report.arg("--").arg(&page))?;
    let folder = root().join("docs/pictures");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for picture in &PICTURES {
        take(&browser, &page, &folder, picture)?;
    }
    Ok(())
}

fn take(browser: &Path, page: &Path, folder: &Path, picture: &Picture) -> Result<(), String> {
    let file: PathBuf = folder.join(picture.name);
    let mut command = program(&browser.to_string_lossy(), &[]);
    // The sandbox of the browser does not work in containers; the page is our own.
    command.args(["--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"]);
    command.args(["--enable-logging=stderr", "--log-level=0"]);
    command.arg(format!("--window-size={},{}", picture.width, picture.height));
    if picture.is_dark {
        command.arg("--blink-settings=preferredColorScheme=0");
    }
    command.arg(format!("--screenshot={}", file.display()));
    command.arg(format!("file://{}", page.display()));
    let output = command.output().map_err(|error| format!("{}: {error}", browser.display()))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", browser.display(), output.status));
    }
    // What the browser has to say of the page: something that was refused or is wrong.
    let log = String::from_utf8_lossy(&output.stderr);
    if let Some(line) = log.lines().find(|line| line.contains("CONSOLE")) {
        return Err(format!("the browser complains of {}: {line}", page.display()));
    }
    let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    if size_of_png(&bytes) != Some((picture.width, picture.height)) || bytes.len() < LEAST_BYTES {
        return Err(format!("{} is no picture of the page", file.display()));
    }
    say(&format!("{}: {} KB", file.display(), bytes.len() / 1024));
    Ok(())
}

/// Width and height stand in the first chunk (PNG specification, 11.2.2).
fn size_of_png(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(8..16)?;
    let (width, height) = header.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(height.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_stands_in_the_header() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x05\0\0\0\x07\x6c\x08";
        assert_eq!(size_of_png(png), Some((1280, 1900)));
        assert_eq!(size_of_png(&png[..18]), None);
        assert_eq!(size_of_png(b"no picture"), None);
    }
}
