//! A zip file of a directory, the same one for the same content.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use anyhow::Context;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::bindings::files_below;

/// Packs a directory with its own name in front of every path. The time in it is always that from which zip
/// counts.
pub(super) fn write(directory: &Path, archive: &Path) -> anyhow::Result<()> {
    let above = directory.parent().context("a directory has a parent")?;
    let mut writer = ZipWriter::new(File::create(archive).context("the archive cannot be written")?);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for file in files_below(directory)? {
        let name = file.strip_prefix(above)?.to_str().context("a file name is not UTF-8")?;
        writer.start_file(name.replace('\\', "/"), options)?;
        io::copy(&mut fs::File::open(&file)?, &mut writer)?;
    }
    writer.finish()?;
    Ok(())
}
