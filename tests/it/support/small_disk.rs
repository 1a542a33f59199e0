//! A disk so small that a test can fill it, made of memory. Needs the right to mount.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A small disk; it goes when the test ends.
pub(crate) struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// A disk of so many MB; none where it may not be mounted, which is told.
    pub(crate) fn new(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m,mode=700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self { folder }),
            Ok(output) => skipped(String::from_utf8_lossy(&output.stderr).trim()),
            Err(error) => skipped(&error.to_string()),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The address of a database on it.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("sqlite://{}", self.path().join(name).display())
    }

    /// Fills it but for so many bytes.
    pub(crate) fn fill(&self, leave: u64) {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.filler())
            .unwrap();
        let bytes = [7; 4096];
        while file.write_all(&bytes).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(leave)).unwrap();
    }

    /// Frees what was filled.
    pub(crate) fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    /// Lets nobody write to it any more.
    pub(crate) fn seal(&self) {
        let sealed = Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(self.path())
            .status();
        assert!(sealed.unwrap().success());
    }

    /// Takes the space that became free again, as others on a full disk do.
    pub(crate) fn press(&self) {
        if let Ok(mut file) = File::options().append(true).open(self.filler()) {
            while file.write_all(&[7; 4096]).is_ok() {}
        }
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whatever still has a file open there lets go of it by itself.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

fn skipped(reason: &str) -> Option<SmallDisk> {
    // The test harness would keep what a test that passes prints to itself.
    let told = format!("skipped: a small disk cannot be mounted: {reason}\n");
    std::io::stderr().write_all(told.as_bytes()).unwrap();
    None
}
