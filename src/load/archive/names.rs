//! Names of entries: which may be written, and where.
//!
//! In: a name as the archive has it. Out: a path that lies inside of whatever folder it is put in, or why
//! there is none. A name that leads out is never turned into one that does not.

use std::path::PathBuf;

/// Folders within folders that an entry may lie in, its own name counted.
pub(super) const MOST_FOLDERS: usize = 32;

/// Bytes of one name: what file systems take.
const LONGEST_NAME: usize = 255;

/// Files and folders that systems put into archives by themselves.
const LITTER: [&str; 4] = ["__macosx", "thumbs.db", "desktop.ini", ".ds_store"];

/// Extensions of files that are no data and belong to none: documents, pictures, projects.
const DOCUMENTS: [&str; 24] = [
    "pdf", "doc", "docx", "odt", "rtf", "htm", "html", "png", "jpg", "jpeg", "tif", "tiff", "ecw", "jp2", "webp",
    "svg", "mp4", "qgs", "qgz", "qlr", "sld", "lyr", "mxd", "aprx",
];

/// Where an entry goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Below the folder.
    Inside(PathBuf),
    /// Nowhere, and nobody needs to know.
    Nothing,
    /// Nowhere: why, in English and French.
    Outside(&'static str, &'static str),
}

/// Where the entry of a name goes. A backslash parts folders, as old programs of Windows write it.
pub(super) fn place_of(name: &str) -> Place {
    let outside = |why, fr| Place::Outside(why, fr);
    if name.contains('\0') {
        return outside(
            "a name with a zero byte: not written",
            "un nom avec un octet nul : pas écrite",
        );
    }
    let drive = name.as_bytes().get(1) == Some(&b':') && name.as_bytes()[0].is_ascii_alphabetic();
    if drive || name.starts_with(['/', '\\']) {
        return outside(
            "a path from the root, which leads out of the folder: not written",
            "un chemin absolu, qui sort du dossier : pas écrite",
        );
    }
    let parts: Vec<&str> = name.split(['/', '\\']).filter(|p| !p.is_empty() && *p != ".").collect();
    if parts.contains(&"..") {
        return outside(
            "a path with \"..\", which leads out of the folder: not written",
            "un chemin avec « .. », qui sort du dossier : pas écrite",
        );
    }
    let litter = |part: &&str| part.starts_with('.') || LITTER.contains(&part.to_lowercase().as_str());
    let Some(last) = parts.last() else {
        return Place::Nothing;
    };
    let extension = last.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    if parts.iter().any(litter) || DOCUMENTS.contains(&extension.as_str()) {
        return Place::Nothing;
    }
    if parts.len() > MOST_FOLDERS || parts.iter().any(|p| p.len() > LONGEST_NAME) {
        return outside(
            "a name too long or folders nested too deep: not written",
            "un nom trop long ou des dossiers trop imbriqués : pas écrite",
        );
    }
    Place::Inside(parts.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out_have_no_place() {
        let inside = |name: &str, path: &str| assert_eq!(place_of(name), Place::Inside(path.into()), "{name}");
        inside("a/b.shp", "a/b.shp");
        inside("./a//b.shp", "a/b.shp");
        inside("a\\b.shp", "a/b.shp");
        inside("a..b/c..shp", "a..b/c..shp");
        let out = |name: &str| assert!(matches!(place_of(name), Place::Outside(..)), "{name}");
        for name in [
            "../a.shp",
            "a/../../b",
            "a/..",
            "..\\a",
            "/etc/passwd",
            "\\a",
            "C:\\a.shp",
            "c:a",
            "a\0.shp",
        ] {
            out(name);
        }
        out(&"a/".repeat(40));
        out(&"x".repeat(300));
        for name in [
            "__MACOSX/a.shp",
            "a/.DS_Store",
            "a/._b.shp",
            "Thumbs.db",
            "",
            "./",
            "notice.PDF",
        ] {
            assert_eq!(place_of(name), Place::Nothing, "{name}");
        }
    }
}
