//! How numbers and texts are written on disk, and how anything else that stands there is refused.
//!
//! Invariant: reading never panics, never takes more than is there and never believes a length that is not covered by
//! bytes; what [`Writer`] wrote, [`Reader`] reads back the same.

/// What is wrong with the bytes, in words; the caller adds the file and the place.
pub(super) type Flaw = &'static str;

/// Appends values to a buffer.
pub(super) trait Writer {
    /// A number in groups of seven bits, the lowest first (LEB128): one byte up to 127.
    fn number(&mut self, value: u64);
    /// Bytes with their length before them.
    fn bytes(&mut self, value: &[u8]);
    /// Eight bytes, the lowest first: for values without small ones among them, as hashes are.
    fn fixed(&mut self, value: u64);
    /// A text.
    fn text(&mut self, value: &str) {
        self.bytes(value.as_bytes());
    }
    /// A signed number: small distances from zero are short.
    fn signed(&mut self, value: i64) {
        self.number((value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
    }
}

impl Writer for Vec<u8> {
    fn number(&mut self, mut value: u64) {
        while value > 0x7F {
            self.push(low(value) | 0x80);
            value >>= 7;
        }
        self.push(low(value));
    }

    fn bytes(&mut self, value: &[u8]) {
        self.number(value.len() as u64);
        self.extend_from_slice(value);
    }

    fn fixed(&mut self, value: u64) {
        self.extend_from_slice(&value.to_le_bytes());
    }
}

/// Takes values off the front of some bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], Flaw> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or("it ends too early")?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Flaw> {
        let (byte, rest) = self.rest.split_first().ok_or("it ends too early")?;
        self.rest = rest;
        Ok(*byte)
    }

    pub(super) fn number(&mut self) -> Result<u64, Flaw> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if bits << shift >> shift != bits {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a number is too large")
    }

    pub(super) fn signed(&mut self) -> Result<i64, Flaw> {
        let value = self.number()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// A number that has to fit a narrower type.
    pub(super) fn narrow<T: TryFrom<u64>>(&mut self) -> Result<T, Flaw> {
        T::try_from(self.number()?).map_err(|_| "a number is too large")
    }

    /// The number of things that follow, each of at least one byte.
    pub(super) fn count(&mut self) -> Result<usize, Flaw> {
        let count = self.narrow::<usize>()?;
        if count > self.left() { Err("it counts more than is there") } else { Ok(count) }
    }

    pub(super) fn fixed(&mut self) -> Result<u64, Flaw> {
        let bytes = self.take(8)?.try_into().map_err(|_| "it ends too early")?;
        Ok(u64::from_le_bytes(bytes))
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Flaw> {
        let len = self.narrow()?;
        self.take(len)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Flaw> {
        std::str::from_utf8(self.bytes()?).map_err(|_| "a text is not UTF-8")
    }
}

fn low(value: u64) -> u8 {
    value.to_le_bytes()[0]
}

/// CRC-32 (ISO-HDLC, as in gzip), eight bytes at a step: a snapshot of ten million URLs is checked at every opening.
pub(super) fn crc(seed: u32, bytes: &[u8]) -> u32 {
    let mut crc = !seed;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mixed: [u8; 4] = crc.to_le_bytes();
        crc = 0;
        for (n, byte) in chunk.iter().enumerate() {
            let byte = if n < 4 { byte ^ mixed[n] } else { *byte };
            crc ^= TABLES[7 - n][usize::from(byte)];
        }
    }
    for byte in chunks.remainder() {
        crc = crc >> 8 ^ TABLES[0][usize::from(crc.to_le_bytes()[0] ^ byte)];
    }
    !crc
}

static TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut index = 0;
    let mut byte = 0u32;
    while index < 256 {
        let (mut step, mut crc) = (0, byte);
        while step < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
            step += 1;
        }
        tables[0][index] = crc;
        index += 1;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        index = 0;
        while index < 256 {
            let before = tables[table - 1][index];
            tables[table][index] = before >> 8 ^ tables[0][(before & 0xFF) as usize];
            index += 1;
        }
        table += 1;
    }
    tables
}

#[cfg(test)]
mod tests;
