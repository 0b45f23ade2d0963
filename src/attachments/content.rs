//! What a file is by its content, whatever its name says: a picture that a page may show, or a program.

use imagesize::ImageType;

use super::kinds::{KIND, ending};
use crate::error::Error;

/// The largest picture that a page shows by itself, in pixels: beyond it a browser needs too much memory.
const PIXELS: usize = 50_000_000;

/// The type of a file, and its width and height where it is a picture that a page may show.
pub fn look(head: &[u8], name: &str) -> (String, (i64, i64)) {
    if let Some(content_type) = picture(head) {
        let size = imagesize::blob_size(head).ok();
        let fits = size
            .filter(|s| s.width > 0 && s.height > 0 && s.width.saturating_mul(s.height) <= PIXELS);
        let size = fits.map_or((0, 0), |s| (s.width as i64, s.height as i64));
        return (content_type.into(), size);
    }
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    // A picture by name only is no picture.
    let known =
        if guess.type_() == "image" { "application/octet-stream" } else { guess.essence_str() };
    (known.into(), (0, 0))
}

fn picture(head: &[u8]) -> Option<&'static str> {
    match imagesize::image_type(head) {
        Ok(ImageType::Png) => Some("image/png"),
        Ok(ImageType::Jpeg) => Some("image/jpeg"),
        Ok(ImageType::Gif) => Some("image/gif"),
        Ok(ImageType::Webp) => Some("image/webp"),
        _ => None,
    }
}

/// Refuses a program under any name, where the ending of its kind is refused. `head` is the beginning of the file.
///
/// # Errors
/// [`Error::Invalid`] for the field [`KIND`].
pub fn refuse_program(refused: &[String], head: &[u8]) -> Result<(), Error> {
    let Some(kind) = program(head).filter(|kind| refused.iter().any(|ending| ending == kind))
    else {
        return Ok(());
    };
    let message = format!(
        "whatever its name says, this file is a program or a disk, as those that end in .{kind} are. Such files are not taken here"
    );
    Err(Error::invalid(KIND, message))
}

/// Refuses what is not what its name says, where customers send plain files alone: a page under the name of a picture.
///
/// # Errors
/// [`Error::Invalid`] for the field [`KIND`].
pub fn refuse_disguise(name: &str, head: &[u8]) -> Result<(), Error> {
    let is_right = match ending(name).as_deref() {
        Some("png" | "jpg" | "jpeg" | "gif" | "webp") => picture(head).is_some(),
        // What comes before the mark, such as a mail's lines, readers of PDF skip.
        Some("pdf") => head[..head.len().min(1_024)].windows(5).any(|five| five == b"%PDF-"),
        Some("docx" | "xlsx" | "pptx" | "odt" | "ods" | "odp") => head.starts_with(b"PK"),
        _ => true,
    };
    if is_right { Ok(()) } else { Err(Error::invalid(KIND, "this file is not what its name says")) }
}

/// The ending under which a program is known, or what else acts by itself when it is opened; nothing for other files.
fn program(head: &[u8]) -> Option<&'static str> {
    let at =
        |place: usize, mark: &[u8]| head.get(place..).is_some_and(|rest| rest.starts_with(mark));
    let is_binary = head[..head.len().min(1_024)].contains(&0);
    match head {
        // Windows: a text may begin with the same two letters.
        [b'M', b'Z', ..] if is_binary => Some("exe"),
        [0x7f, b'E', b'L', b'F', ..] => Some("run"),
        // Apple's, for one machine and for several; a class of Java begins as the last one does.
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => {
            Some("command")
        }
        [0xca, 0xfe, 0xba, 0xbe, ..] => Some("command"),
        // What leads to a program: a shortcut has this number as its kind.
        _ if at(0, b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46") => Some("lnk"),
        _ if at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") && installs(head) => Some("msi"),
        _ if at(0, b"PK\x03\x04") => packed(head),
        _ if at(0, b"MSCF\0\0\0\0") => Some("cab"),
        _ if at(0, b"ITSF\x03\0\0\0") => Some("chm"),
        _ if at(0, b"!<arch>\ndebian-binary") => Some("deb"),
        _ if at(0, b"\xed\xab\xee\xdb") => Some("rpm"),
        _ if at(0, b"xar!\0") => Some("pkg"),
        _ if at(0x8001, b"CD001") => Some("iso"),
        _ => None,
    }
}

/// Whether a file of Microsoft's compound kind is an installer: its root names what opens it, which is Windows Installer
/// ([MS-CFB] 2.6: the root is the first entry of the directory, and its CLSID is at byte 80).
fn installs(head: &[u8]) -> bool {
    const INSTALLER: [u8; 13] = [0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
    let word = |place: usize| head.get(place..place + 4)?.try_into().ok().map(u32::from_le_bytes);
    let size = if head.get(26) == Some(&4) { 4_096_u64 } else { 512 };
    let root = word(48).map(|sector| (u64::from(sector) + 1) * size + 80);
    let id = root.and_then(|at| usize::try_from(at).ok()).and_then(|at| head.get(at..at + 16));
    // 1084 is the installer's, 1086 a patch's and 1082 a transform's.
    id.is_some_and(|id| {
        matches!(id[0], 0x82 | 0x84 | 0x86) && id[1..3] == [0x10, 0x0c] && id[3..] == INSTALLER
    })
}

/// What a packed file is by the first name in it: programs of Java and of Android name their contents there.
fn packed(head: &[u8]) -> Option<&'static str> {
    let length = usize::from(*head.get(26)?) | (usize::from(*head.get(27)?) << 8);
    let name = head.get(30..30 + length)?;
    match name {
        b"AndroidManifest.xml" => Some("apk"),
        _ if name.starts_with(b"META-INF/") => Some("jar"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{look, program, refuse_disguise, refuse_program};

    /// The header of a PNG with a width and a height.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    /// The beginning of a packed file with a first name in it.
    fn zip(name: &str) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(26, 0);
        bytes.extend([name.len() as u8, 0, 0, 0]);
        bytes.extend(name.bytes());
        bytes.extend([0; 40]);
        bytes
    }

    /// A compound file whose root is opened by what has this number.
    fn compound(id: [u8; 4]) -> Vec<u8> {
        let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        bytes.resize(2_048, 0);
        bytes[26] = 3;
        bytes[48] = 1;
        let id: Vec<u8> =
            id.into_iter().chain([0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46]).collect();
        bytes[1_104..1_120].copy_from_slice(&id);
        bytes
    }

    #[test]
    fn what_a_file_is_its_content_says() {
        assert_eq!(look(&png(40, 30), "x.html"), ("image/png".into(), (40, 30)));
        assert_eq!(look(&png(60_000, 60_000), "bomb.png"), ("image/png".into(), (0, 0)));
        assert_eq!(look(b"<script>", "x.png"), ("application/octet-stream".into(), (0, 0)));
        assert_eq!(look(b"<svg onload=x>", "x.svg").1, (0, 0));
        assert_eq!(look(b"a,b", "x.csv"), ("text/csv".into(), (0, 0)));
        assert_eq!(look(b"PK\x03\x04", "x.zip"), ("application/zip".into(), (0, 0)));
    }

    #[test]
    fn a_program_is_known_by_how_it_begins_and_nothing_else_is_one() {
        let mut disk = vec![0; 0x8001];
        disk.extend(b"CD001\x01");
        for (head, kind) in [
            (b"MZ\x90\0\x03\0\0\0".to_vec(), "exe"),
            (b"\x7fELF\x02\x01\x01\0".to_vec(), "run"),
            (b"\xcf\xfa\xed\xfe\x07\0\0\x01".to_vec(), "command"),
            (b"\xca\xfe\xba\xbe\0\0\0\x34".to_vec(), "command"),
            (b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46\x9b\0\x08".to_vec(), "lnk"),
            (zip("META-INF/MANIFEST.MF"), "jar"),
            (zip("AndroidManifest.xml"), "apk"),
            (compound([0x84, 0x10, 0x0c, 0]), "msi"),
            (b"MSCF\0\0\0\0\x2c\0\0\0".to_vec(), "cab"),
            (b"!<arch>\ndebian-binary   1".to_vec(), "deb"),
            (disk, "iso"),
        ] {
            assert_eq!(program(&head), Some(kind));
        }
        for (what, head) in [
            ("nothing", Vec::new()),
            ("a text that begins like a program", b"MZ is the mark of Mark Zbikowski".to_vec()),
            ("a picture", png(1, 1)),
            ("a document", zip("[Content_Types].xml")),
            ("a book", zip("mimetype")),
            ("what is cut off", b"PK\x03\x04".to_vec()),
            ("an old document", compound([0x06, 0x09, 0x02, 0])),
            ("a compound file that is cut off", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()),
            ("a script of a shell, which is a text", b"#!/bin/sh\n".to_vec()),
        ] {
            assert_eq!(program(&head), None, "{what}");
        }
    }

    #[test]
    fn a_program_is_refused_under_any_name_where_its_kind_is() {
        let refused = ["exe".to_owned()];
        let said = refuse_program(&refused, b"MZ\x90\0").unwrap_err().to_string();
        assert!(said.starts_with("file_type: ") && said.contains(".exe"), "{said}");
        assert!(refuse_program(&refused, b"\x7fELF\0").is_ok(), "that kind is not refused here");
        assert!(refuse_program(&[], b"MZ\x90\0").is_ok());
        assert!(refuse_disguise("a.png", &png(1, 1)).is_ok());
        assert!(
            refuse_disguise("a.jpg", &png(1, 1)).is_ok(),
            "a picture under another picture's name"
        );
        assert!(refuse_disguise("a.png", b"<script>").is_err());
        assert!(refuse_disguise("a.pdf", b"\n%PDF-1.7").is_ok());
        assert!(refuse_disguise("a.pdf", b"<html>").is_err());
        assert!(refuse_disguise("a.docx", &zip("[Content_Types].xml")).is_ok());
        assert!(refuse_disguise("a.docx", b"{\\rtf").is_err());
        assert!(refuse_disguise("a.txt", b"anything").is_ok());
    }
}
