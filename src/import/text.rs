//! What a file is written in: whether it is text at all, its encoding, and what stands between its fields.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{Asked, Reading, Unreadable};

/// Bytes that are looked at together.
const BLOCK: usize = 1 << 16;
/// The most bytes from which an encoding is guessed; those without anything but ASCII apart.
const GUESSED: usize = 1 << 20;
/// In text, at most one byte in so many is a control character that is no white space.
const CONTROLS: usize = 100;

/// A file's text.
pub type Text = Box<dyn BufRead + Send>;

/// How a file is to be read: as it was asked, and recognised for the rest.
///
/// # Errors
/// A sentence that says what was asked and does not exist, or as [`Unreadable`].
pub fn recognise(file: &Path, asked: &Asked) -> Result<Reading, String> {
    let named = asked.encoding.as_deref().map(|label| {
        Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
            format!(
                "no encoding is called {label}; there are utf-8, utf-16le, windows-1252 and others"
            )
        })
    });
    let named = named.transpose()?;
    let problem = |error: std::io::Error| error.to_string();
    let encoding = match named {
        Some(encoding) => {
            let first = start(file).map_err(problem)?;
            let wide = encoding == UTF_16LE || encoding == UTF_16BE;
            refuse_binary(&first, wide).map_err(|e| e.sentence().to_owned())?;
            encoding
        }
        None => encoding_of(file).map_err(problem)?.map_err(|e| e.sentence().to_owned())?,
    };
    let separator = match asked.separator {
        Some(separator) if separator.is_ascii() && !matches!(separator, '"' | '\r' | '\n') => {
            separator
        }
        Some(_) => return Err("a separator is one plain character, such as , or ;".into()),
        None => separator_of(file, encoding).map_err(problem)?,
    };
    Ok(Reading { encoding: encoding.name().to_owned(), separator })
}

/// How a file is to be read, recognised from all of it; what [`recognise`] says, with a reason that a page can be led to.
///
/// # Errors
/// Why it cannot be read.
pub fn look(file: &Path) -> Result<Reading, Unreadable> {
    let encoding = encoding_of(file).unwrap_or(Err(Unreadable::Nothing))?;
    let separator = separator_of(file, encoding).map_err(|_| Unreadable::Nothing)?;
    Ok(Reading { encoding: encoding.name().to_owned(), separator })
}

/// A file's text in UTF-8, and how many of the file's bytes have been read so far. What is written in UTF-8 comes as it
/// is, so that a row with bytes that are not can be told; a byte order mark is left out.
pub fn open(file: &Path, reading: &Reading) -> std::io::Result<(Text, Arc<AtomicU64>)> {
    let read = Arc::new(AtomicU64::new(0));
    let counted = Counted { file: File::open(file)?, read: read.clone() };
    let encoding = Encoding::for_label(reading.encoding.as_bytes()).filter(|e| *e != UTF_8);
    let decoded = DecodeReaderBytesBuilder::new()
        .encoding(encoding)
        .bom_sniffing(false)
        .strip_bom(true)
        .build_with_buffer(counted, vec![0; BLOCK])?;
    Ok((Box::new(BufReader::with_capacity(BLOCK, decoded)), read))
}

struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

fn start(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut first = Vec::with_capacity(BLOCK);
    File::open(file)?.take(BLOCK as u64).read_to_end(&mut first)?;
    Ok(first)
}

/// Text has no NUL and hardly any control characters; of UTF-16, whose every second byte may be NUL, nothing is known.
fn refuse_binary(first: &[u8], wide: bool) -> Result<(), Unreadable> {
    if first.starts_with(b"PK\x03\x04") {
        return Err(Unreadable::Packed);
    }
    if wide {
        return Ok(());
    }
    let control = |b: &&u8| b.is_ascii_control() && !b"\t\n\r\x0b\x0c\x1a".contains(*b);
    let controls = first.iter().filter(control).count();
    if first.contains(&0) || first.starts_with(b"%PDF-") || controls * CONTROLS > first.len() {
        return Err(Unreadable::Binary);
    }
    Ok(())
}

/// The encoding: by its byte order mark, UTF-8 where the bytes are, else what the bytes look like. Bytes that mostly are
/// UTF-8 are taken as such, and the rows of the others set aside.
fn encoding_of(file: &Path) -> std::io::Result<Result<&'static Encoding, Unreadable>> {
    let first = start(file)?;
    if first.is_empty() {
        return Ok(Err(Unreadable::Nothing));
    }
    if let Some((encoding, _)) = Encoding::for_bom(&first) {
        return Ok(Ok(encoding));
    }
    if let Err(why) = refuse_binary(&first, false) {
        return Ok(Err(why));
    }
    let mut reader = BufReader::with_capacity(BLOCK, File::open(file)?);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut good, mut bad, mut fed) = (0, 0, 0);
    let mut held = Vec::new();
    loop {
        let block = reader.fill_buf()?;
        let (n, last) = (block.len(), block.is_empty());
        held.extend_from_slice(block);
        reader.consume(n);
        // After an ASCII byte no character of UTF-8 is cut in two.
        let whole = held.iter().rposition(u8::is_ascii).map_or(0, |at| at + 1);
        let upto = if last || whole == 0 && held.len() > BLOCK { held.len() } else { whole };
        let part = &held[..upto];
        if !part.is_ascii() {
            for chunk in part.utf8_chunks() {
                good += chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
                bad += chunk.invalid().len();
            }
            if fed < GUESSED {
                detector.feed(part, false);
                fed += part.len();
            }
        }
        held.drain(..upto);
        if last {
            break;
        }
    }
    if bad == 0 || good > bad {
        return Ok(Ok(UTF_8));
    }
    detector.feed(&[], true);
    Ok(Ok(detector.guess(None, Utf8Detection::Deny)))
}

/// Whichever of comma, semicolon and tab stands most often in the first line, outside of quotes.
fn separator_of(file: &Path, encoding: &'static Encoding) -> std::io::Result<char> {
    let reading = Reading { encoding: encoding.name().to_owned(), separator: ',' };
    let (reader, _) = open(file, &reading)?;
    let mut counts = [(',', 0), (';', 0), ('\t', 0)];
    let (mut quoted, mut begun) = (false, false);
    for byte in reader.take(BLOCK as u64).bytes() {
        match byte? {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if begun && !quoted => break,
            b'\n' | b'\r' => {}
            byte => {
                begun = true;
                let count = counts.iter_mut().find(|(c, _)| *c as u32 == u32::from(byte));
                if let Some((_, count)) = count.filter(|_| !quoted) {
                    *count += 1;
                }
            }
        }
    }
    // Of those that stand equally often the first, and the comma where there is none.
    let most = counts.iter().map(|(_, n)| *n).max().unwrap_or_default();
    Ok(counts.iter().find(|(_, n)| *n == most).map_or(',', |(c, _)| *c))
}

#[cfg(test)]
mod tests {
    use super::{look, recognise};
    use crate::import::{Asked, Unreadable};

    fn words(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, bytes).unwrap();
        recognise(&path, &Asked::default()).map_or_else(|e| e, |reading| reading.words())
    }

    #[test]
    fn encodings_and_separators_are_recognised() {
        let utf16 = |text: &str, big: bool| {
            let bytes = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
            format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect::<Vec<_>>()
        };
        assert_eq!(words(b"id,name\n1,Ada\n"), "UTF-8, separated by commas");
        assert_eq!(words("id;name\n1;Zoë, Ünal\n".as_bytes()), "UTF-8, separated by semicolons");
        assert_eq!(words(b"\xef\xbb\xbfid\tname, first\tcity\n"), "UTF-8, separated by tabs");
        assert_eq!(words(&utf16("id;name\n1;Zoë\n", false)), "UTF-16LE, separated by semicolons");
        assert_eq!(words(&utf16("id,name\n1,Zoë\n", true)), "UTF-16BE, separated by commas");
        assert_eq!(words(b"only\n1\n"), "UTF-8, separated by commas");
        assert_eq!(words(b"\"a;b;c\",d\n"), "UTF-8, separated by commas");
        for name in [
            &b"M\xfcller"[..],
            b"Ren\xe9e",
            b"Jos\xe9 Mu\xf1oz",
            b"\xd6zlem \x80 5",
            b"Stra\xdfe 5",
            b"Gar\xe7on",
            b"S\xf8ren",
        ] {
            let text = [b"id;Name\n1;", name, b"\n"].concat();
            assert_eq!(
                words(&text),
                "Windows-1252, separated by semicolons",
                "{}",
                name.escape_ascii()
            );
        }
        // A byte that is not UTF-8 among many that are spoils its row, not the file.
        let mut mostly = "id,name\n1,Zoë\n2,Özlem\n3,".as_bytes().to_vec();
        mostly.push(0xff);
        assert_eq!(words(&mostly), "UTF-8, separated by commas");
        // What is not ASCII may stand far behind.
        let mut far = b"id,name\n".to_vec();
        far.extend(b"1,Ada\n".repeat(20_000));
        far.extend(b"2,M\xfcller\n");
        assert_eq!(words(&far), "Windows-1252, separated by commas");
    }

    #[test]
    fn what_is_not_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let noise: Vec<u8> = (0..4_000_u32).map(|n| (n * n / 7 % 255 + 1) as u8).collect();
        for (bytes, why) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], Unreadable::Binary),
            (b"PK\x03\x04\x14\0\x06\0", Unreadable::Packed),
            (b"i\0d\0,\0n\0", Unreadable::Binary),
            (b"%PDF-1.7\n1 0 obj", Unreadable::Binary),
            (&noise, Unreadable::Binary),
            (b"", Unreadable::Nothing),
        ] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(look(&path), Err(why));
            assert_eq!(recognise(&path, &Asked::default()), Err(why.sentence().to_owned()));
        }
    }

    #[test]
    fn what_is_asked_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, b"i\0d\0;\0n\0\n\0").unwrap();
        let asked =
            |encoding: &str, separator| Asked { encoding: Some(encoding.into()), separator };
        let reading = recognise(&path, &asked("utf-16le", None)).unwrap();
        assert_eq!(reading.words(), "UTF-16LE, separated by semicolons");
        let reading = recognise(&path, &asked("utf-16le", Some(','))).unwrap();
        assert_eq!(reading.words(), "UTF-16LE, separated by commas");
        assert!(recognise(&path, &asked("klingon", None)).unwrap_err().contains("klingon"));
        assert!(recognise(&path, &asked("utf-16le", Some('ä'))).is_err());
        assert!(recognise(&path, &asked("utf-8", None)).is_err());
    }
}
