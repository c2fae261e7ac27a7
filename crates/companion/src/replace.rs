//! A file takes the place of another only when it is whole: a disk that is full, or a program that is killed, costs nobody
//! the old one.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Puts `bytes` in the place of whatever is at `path`. What is no file of a disk, such as `/dev/stdout`, is written to as it
/// is, and so is a file beside which nothing may be put.
///
/// # Errors
/// What the system says. Where there is no room, what was there is there still.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(old) if old.is_file() && !is_open_file(path) => {
            // A link stays, and leads to the new file.
            let target = fs::canonicalize(path)?;
            put_beside(&target, Some(&old), bytes)?.persist(&target).or_else(|_| write_straight(path, bytes))
        }
        Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => {
            put_beside(path, None, bytes)?.persist(path).or_else(|_| write_straight(path, bytes))
        }
        _ => write_straight(path, bytes),
    }
}

/// A file that is whole, and not yet where it is to be.
enum Whole {
    Beside(NamedTempFile),
    /// Nothing may be put there.
    Nowhere,
}

impl Whole {
    /// Has it take its place.
    fn persist(self, target: &Path) -> Result<(), ()> {
        match self {
            // Some files cannot be replaced, such as one that a container has from outside.
            Whole::Beside(file) => file.persist(target).map(drop).map_err(drop),
            Whole::Nowhere => Err(()),
        }
    }
}

/// Writes a new file into the folder of `target`, which may be read and written by whoever may read and write the `old` one.
fn put_beside(target: &Path, old: Option<&Metadata>, bytes: &[u8]) -> io::Result<Whole> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = match new_file(folder, old) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => return Err(error),
        Err(_) => return Ok(Whole::Nowhere),
    };
    file.as_file_mut().write_all(bytes)?;
    // Some systems say only then that there is no room.
    file.as_file().sync_all()?;
    Ok(Whole::Beside(file))
}

#[cfg(unix)]
fn new_file(folder: &Path, old: Option<&Metadata>) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    // Of a new file the system takes away what its maker wants nobody else to do.
    let file = tempfile::Builder::new().permissions(PermissionsExt::from_mode(0o666)).tempfile_in(folder)?;
    if let Some(old) = old {
        // Only some may give a file away: else it is whose it is.
        let _ = fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
        file.as_file().set_permissions(old.permissions())?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn new_file(folder: &Path, _: Option<&Metadata>) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder)
}

/// Whether a path names a file that is already open, as `/dev/stdout` does where standard output goes to a file: whoever has
/// it open would go on writing to the old one.
fn is_open_file(path: &Path) -> bool {
    const LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let folder = path.parent().map_or(PathBuf::new(), |folder| folder.join("."));
        let folder = fs::canonicalize(folder).unwrap_or_default();
        if folder.starts_with("/proc") || folder == Path::new("/dev") || folder == Path::new("/dev/fd") {
            return true;
        }
        let Ok(next) = fs::read_link(&path) else { return false };
        path = folder.join(next);
    }
    false
}

fn write_straight(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).create(true).truncate(false).open(path)?;
    empty(&mut file)?;
    file.write_all(bytes)
}

/// Takes away what is in a file of a disk.
///
/// # Errors
/// What the system says.
pub fn empty(file: &mut File) -> io::Result<()> {
    if file.metadata()?.is_file() {
        file.seek(SeekFrom::Start(0))?;
        file.set_len(0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        for text in ["new", "longer than what was there", "short"] {
            replace(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(folder.path()), ["report.json"]);
        }
        let missing = replace(&folder.path().join("missing").join("report.json"), b"new").unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        assert!(replace(folder.path(), b"new").is_err());
    }

    /// Whoever reads the old one keeps it to its end: it was not emptied.
    #[cfg(unix)]
    #[test]
    fn the_old_file_is_whole_until_the_new_one_is_there() {
        use std::io::Read;
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("report"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o604)).unwrap();
        symlink("report", &link).unwrap();
        let mut old = File::open(&path).unwrap();
        replace(&link, b"new").unwrap();
        let mut read = String::new();
        old.read_to_string(&mut read).unwrap();
        assert_eq!((read.as_str(), fs::read_to_string(&path).unwrap().as_str()), ("old", "new"));
        assert!(link.is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o604);
        // A link to nothing makes what it leads to.
        fs::remove_file(&path).unwrap();
        replace(&link, b"again").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "again");
        assert_eq!(names(folder.path()), ["link", "report"]);
    }

    /// Both stand for a file that is open, whatever they lead to.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_is_open_under_another_name_is_written_to_as_it_is() {
        use std::io::Read;
        use std::os::fd::AsRawFd;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("open");
        let mut file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(format!("/proc/self/fd/{}", file.as_raw_fd()), &link).unwrap();
        for name in [PathBuf::from(format!("/dev/fd/{}", file.as_raw_fd())), link] {
            replace(&name, name.as_os_str().as_encoded_bytes()).unwrap();
            let mut read = String::new();
            file.seek(SeekFrom::Start(0)).unwrap();
            file.read_to_string(&mut read).unwrap();
            assert_eq!(Path::new(&read), name);
        }
    }
}
