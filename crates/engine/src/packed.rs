//! Values on their way from one task to another.

use std::fmt;

use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

/// A job or a result as it travels: serialised (postcard), because it may have to cross to another process. Most are a few
/// numbers, and those need no memory of their own.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Packed(SmallVec<[u8; 24]>);

impl Packed {
    /// Serialises `value`, which must be plain data.
    pub(crate) fn of<T: Serialize>(value: &T) -> Packed {
        // On the stack first: what is pushed byte by byte costs more than being copied at once.
        let mut small = [0; 64];
        if let Ok(bytes) = postcard::to_slice(value, &mut small) {
            return Packed::from(&*bytes);
        }
        let bytes = postcard::to_extend(value, SmallVec::new());
        Packed(bytes.expect("plain data of a lesson always serialises into memory"))
    }

    /// The value behind the bytes.
    ///
    /// # Errors
    /// The end of a sentence about these bytes, where they are no `T`.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        postcard::from_bytes(&self.0).map_err(|error| format!("{} bytes that cannot be read ({error})", self.len()))
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none, as for a result that says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&[u8]> for Packed {
    fn from(bytes: &[u8]) -> Self {
        Packed(SmallVec::from_slice(bytes))
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} packed bytes", self.len())
    }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Packed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Packed, E> {
        Ok(Packed::from(bytes))
    }

    /// Formats that know no bytes have a list of numbers.
    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Packed, A::Error> {
        let mut bytes = SmallVec::new();
        while let Some(byte) = numbers.next_element()? {
            bytes.push(byte);
        }
        Ok(Packed(bytes))
    }
}
