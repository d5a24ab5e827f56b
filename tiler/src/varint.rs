//! Whole numbers of few bytes: unsigned LEB128, as Protocol Buffers, PMTiles and we ourselves write them.
//!
//! # References
//! Protocol Buffers, *Encoding*: "Base 128 Varints" and "Signed Integers" (zigzag).

/// Appends a number.
pub(crate) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number off the front; `None` if it ends early or is beyond 64 bits.
pub(crate) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        number |= bits.checked_shl(shift).filter(|shifted| shifted >> shift == bits)?;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// The bytes that [`put`] appends.
pub(crate) fn length(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}

/// Signed to unsigned, so that numbers near zero stay short whatever their sign.
pub(crate) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_numbers_of_either_sign_take_one_byte() {
        assert_eq!([0, -1, 1, -64].map(zigzag), [0, 1, 2, 127]);
        assert_eq!(zigzag(i64::MIN), u64::MAX);
        assert_eq!([0, 127, 128, u64::MAX].map(length), [1, 1, 2, 10]);
    }

    proptest! {
        #[test]
        fn there_and_back(number: u64, shift in 0u32..64, rest: Vec<u8>) {
            let number = number >> shift;
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            prop_assert_eq!(bytes.len(), length(number));
            bytes.extend(&rest);
            let mut left = bytes.as_slice();
            prop_assert_eq!(take(&mut left), Some(number));
            prop_assert_eq!(left, rest);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = take(&mut bytes.as_slice());
        }
    }
}
