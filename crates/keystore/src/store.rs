//! Keys by name in a directory.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::seal::{self, Sealed};
use crate::{KeyError, Secret};

/// Maximum number of keys in a directory.
pub const MAX_KEYS: usize = 10_000;
/// Maximum size of a key file, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 16;
const EXTENSION: &str = "json";

/// Returns the user's ddvs directory: `DDVS_HOME`, or `.ddvs` in the home directory.
///
/// Fails only when neither variable is set.
pub fn home_dir() -> Result<PathBuf, KeyError> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(dir) = set("DDVS_HOME") {
        return Ok(dir.into());
    }
    let home = set("HOME").ok_or(KeyError::NoHome)?;
    Ok(PathBuf::from(home).join(".ddvs"))
}

/// Protection of a stored secret.
#[derive(Debug, Clone, Copy)]
pub enum Protection<'a> {
    /// Encrypted under this password.
    Password(&'a str),
    /// Unencrypted: whoever can read the file has the key.
    None,
}

/// Public part of a key file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEntry {
    /// Its name.
    pub name: String,
    /// Its public half.
    pub public: [u8; 32],
    /// Whether a password is needed to use it.
    pub is_encrypted: bool,
    /// Its file.
    pub path: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    version: u8,
    public: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    encrypted: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    plain: Option<Zeroizing<String>>,
}

/// A directory of keys.
#[derive(Debug, Clone)]
pub struct KeyStore {
    dir: PathBuf,
}

impl KeyStore {
    /// Returns the keys in a directory, which need not exist yet.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Fails when a name is not a valid file name.
    pub fn check_name(name: &str) -> Result<(), KeyError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        match name.len() {
            1..=64 if name.bytes().all(fits) => Ok(()),
            _ => Err(KeyError::Name(name.to_owned())),
        }
    }

    fn path(&self, name: &str) -> Result<PathBuf, KeyError> {
        Self::check_name(name)?;
        Ok(self.dir.join(format!("{name}.{EXTENSION}")))
    }

    /// Whether there is a key with this name.
    pub fn holds(&self, name: &str) -> Result<bool, KeyError> {
        Ok(self.path(name)?.exists())
    }

    /// Stores a key under a new name.
    ///
    /// Fails when the name is taken, or the file cannot be written; then no key is stored.
    pub fn create(
        &self,
        name: &str,
        secret: &Secret,
        protection: Protection<'_>,
    ) -> Result<KeyEntry, KeyError> {
        let path = self.path(name)?;
        let taken = || KeyError::Exists {
            name: name.to_owned(),
            path: path.clone(),
        };
        if path.exists() {
            return Err(taken());
        }
        let mut file = KeyFile {
            version: 1,
            public: secret.public_hex(),
            encrypted: None,
            plain: None,
        };
        match protection {
            Protection::Password("") => return Err(KeyError::EmptyPassword),
            Protection::Password(password) => {
                file.encrypted = Some(seal::seal(&secret.text(), &file.public, password)?);
            }
            Protection::None => file.plain = Some(secret.text()),
        }
        let text = serde_json::to_string_pretty(&file).map_err(|cause| KeyError::Malformed {
            path: path.clone(),
            cause: cause.to_string(),
        })?;
        let text = Zeroizing::new(text + "\n");
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.dir)
            .map_err(KeyError::file(&self.dir))?;
        write_new(&path, text.as_bytes()).map_err(|cause| match cause.kind() {
            std::io::ErrorKind::AlreadyExists => taken(),
            _ => KeyError::file(&path)(cause),
        })?;
        self.entry(name)
    }

    /// Returns the public part of a key.
    ///
    /// Fails when there is none, or its file is malformed.
    pub fn entry(&self, name: &str) -> Result<KeyEntry, KeyError> {
        let (path, file) = self.read(name)?;
        entry(name, path, &file)
    }

    /// Returns all keys by name.
    ///
    /// Fails only when the directory cannot be read. Invalid files are left out: [`Self::damaged`] reports them.
    pub fn list(&self) -> Result<Vec<KeyEntry>, KeyError> {
        let mut found: Vec<_> = self.read_all()?.into_iter().flatten().collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// Returns the errors of invalid files in the place of keys.
    ///
    /// Fails only when the directory cannot be read.
    pub fn damaged(&self) -> Result<Vec<KeyError>, KeyError> {
        let all = self.read_all()?.into_iter();
        Ok(all.filter_map(Result::err).collect())
    }

    fn read_all(&self) -> Result<Vec<Result<KeyEntry, KeyError>>, KeyError> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(KeyError::file(&self.dir)(cause)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.map_err(KeyError::file(&self.dir))?.path();
            let is_key = path.extension().is_some_and(|ext| ext == EXTENSION);
            let name = path.file_stem().and_then(|stem| stem.to_str());
            if let Some(name) = name.filter(|_| is_key) {
                found.push(self.entry(name));
            }
            if found.len() > MAX_KEYS {
                return Err(KeyError::TooMany(self.dir.clone()));
            }
        }
        Ok(found)
    }

    /// Opens a key; `password` is called only for an encrypted one.
    ///
    /// Fails when there is none, the password is wrong, or others can read an unencrypted key.
    pub fn unlock<E: From<KeyError>>(
        &self,
        name: &str,
        password: impl FnOnce() -> Result<Zeroizing<String>, E>,
    ) -> Result<Secret, E> {
        let (path, file) = self.read(name)?;
        let text = match (&file.encrypted, &file.plain) {
            (Some(sealed), None) => seal::open(sealed, &file.public, &password()?)
                .ok_or_else(|| KeyError::WrongPassword(name.to_owned()))?,
            (None, Some(text)) => {
                let mode = fs::metadata(&path)
                    .map_err(KeyError::file(&path))?
                    .permissions()
                    .mode();
                if mode & 0o077 != 0 {
                    return Err(KeyError::Exposed(path).into());
                }
                text.clone()
            }
            _ => return Err(malformed(&path, "it needs `encrypted` or `plain`").into()),
        };
        let secret = Secret::parse(&text)?;
        if secret.public_hex() != file.public {
            return Err(KeyError::Mismatch(path).into());
        }
        Ok(secret)
    }

    /// Deletes a key. Only its words can restore it.
    ///
    /// Fails when there is none, or its file cannot be removed. A file that is not a key is kept.
    pub fn delete(&self, name: &str) -> Result<(), KeyError> {
        let (path, _) = self.read(name)?;
        fs::remove_file(&path).map_err(KeyError::file(&path))?;
        // on disk, too: a key that reappears after a power loss was not deleted
        let synced = fs::File::open(&self.dir).and_then(|dir| dir.sync_all());
        synced.map_err(KeyError::file(&self.dir))
    }

    fn read(&self, name: &str) -> Result<(PathBuf, KeyFile), KeyError> {
        let path = self.path(name)?;
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                return Err(KeyError::Missing {
                    name: name.to_owned(),
                    dir: self.dir.clone(),
                });
            }
            Err(cause) => return Err(KeyError::file(&path)(cause)),
        };
        let mut text = Zeroizing::new(String::new());
        let mut limited = file.take(MAX_FILE_BYTES);
        limited
            .read_to_string(&mut text)
            .map_err(KeyError::file(&path))?;
        let file: KeyFile = serde_json::from_str(&text).map_err(|cause| malformed(&path, cause))?;
        if file.version != 1 {
            let words = format!("its version is {}, and this ddvs knows 1", file.version);
            return Err(malformed(&path, words));
        }
        Ok((path, file))
    }
}

fn entry(name: &str, path: PathBuf, file: &KeyFile) -> Result<KeyEntry, KeyError> {
    let mut public = [0; 32];
    hex::decode_to_slice(&file.public, &mut public)
        .map_err(|_| malformed(&path, "`public` is not a key of 64 hexadecimal digits"))?;
    Ok(KeyEntry {
        name: name.to_owned(),
        public,
        is_encrypted: file.encrypted.is_some(),
        path,
    })
}

fn malformed(path: &Path, cause: impl std::fmt::Display) -> KeyError {
    KeyError::Malformed {
        path: path.to_owned(),
        cause: cause.to_string(),
    }
}

/// Writes a file atomically that must not exist: a name is linked to it only once all of it is on disk.
fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.create(true).truncate(true).write(true).mode(0o600);
        let mut file = options.open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::hard_link(&draft, path)
    };
    let written = write();
    let removed = fs::remove_file(&draft);
    written.and(removed)
}
