//! Agreement on a secret by ephemeral keys (ECDHE).

use p256::{Sec1Point, ecdh::EphemeralSecret, elliptic_curve::Generate};
use rustls::{
    Error, NamedGroup, PeerMisbehaved,
    crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup},
    ffdhe_groups::FfdheGroup,
};

/// The group as rustls offers and selects it.
pub(crate) static KEY_EXCHANGE: &dyn SupportedKxGroup = &Group;

#[derive(Debug)]
struct Group;

impl SupportedKxGroup for Group {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let secret = EphemeralSecret::try_generate().map_err(|_| GetRandomFailed)?;
        let public = secret.public_key().into();
        Ok(Box::new(Exchange { secret, public }))
    }

    // The defaults of these two link tables of other groups.
    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp256r1
    }
}

/// Own half of an exchange under way; the secret is wiped when it is dropped.
struct Exchange {
    secret: EphemeralSecret,
    public: Sec1Point,
}

impl ActiveKeyExchange for Exchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let peer = super::public_key(peer).ok_or(PeerMisbehaved::InvalidKeyShare)?;
        let shared = self.secret.diffie_hellman(&peer);
        Ok(SharedSecret::from(shared.raw_secret_bytes().as_slice()))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn pub_key(&self) -> &[u8] {
        self.public.as_bytes()
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp256r1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rustls::crypto::ring::kx_group::SECP256R1 as OF_RING;

    use super::*;

    const GENERATOR: [u8; 65] = [
        0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
        0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f,
        0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce,
        0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
    ];

    /// Whether this group takes the point; ring's must be of the same opinion.
    fn is_taken(point: &[u8]) -> bool {
        let [ours, of_ring] =
            [KEY_EXCHANGE, OF_RING].map(|group| group.start().unwrap().complete(point).map(drop));
        assert_eq!(ours.is_ok(), of_ring.is_ok(), "ring says {of_ring:?} of {point:02x?}");
        if let Err(error) = &ours {
            assert_eq!(*error, Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare));
        }
        ours.is_ok()
    }

    #[test]
    fn both_ends_agree_and_so_does_ring() {
        for peer in [KEY_EXCHANGE, OF_RING] {
            let (mine, theirs) = (KEY_EXCHANGE.start().unwrap(), peer.start().unwrap());
            let (my_key, their_key) = (mine.pub_key().to_vec(), theirs.pub_key().to_vec());
            let (mine, theirs) = (mine.complete(&their_key).unwrap(), theirs.complete(&my_key).unwrap());
            assert_eq!(mine.secret_bytes(), theirs.secret_bytes());
            assert_eq!(mine.secret_bytes().len(), 32);
        }
    }

    #[test]
    fn the_secret_with_the_generator_is_ones_own_x() {
        let mine = KEY_EXCHANGE.start().unwrap();
        let my_key = mine.pub_key().to_vec();
        assert_eq!(mine.complete(&GENERATOR).unwrap().secret_bytes(), &my_key[1..33]);
    }

    #[test]
    fn every_exchange_has_its_own_key_in_uncompressed_form() {
        let keys = [0; 8].map(|_| KEY_EXCHANGE.start().unwrap().pub_key().to_vec());
        assert!(keys.iter().all(|key| key.len() == 65 && key[0] == 4));
        assert!(keys.iter().enumerate().all(|(index, key)| !keys[..index].contains(key)));
    }

    #[test]
    fn only_an_uncompressed_point_of_full_length_is_taken() {
        assert!(is_taken(&GENERATOR));
        for length in 0..GENERATOR.len() {
            assert!(!is_taken(&GENERATOR[..length]), "{length} bytes");
        }
        assert!(!is_taken(&[&GENERATOR[..], &[0]].concat()), "a byte too many");
        let compressed = [&[3], &GENERATOR[1..33]].concat();
        assert!(!is_taken(&compressed));
        for tag in (0..=u8::MAX).filter(|tag| *tag != 4) {
            let mut point = GENERATOR;
            point[0] = tag;
            assert!(!is_taken(&point), "tag {tag}");
        }
    }

    #[test]
    fn infinity_is_refused() {
        assert!(!is_taken(&[0]));
        assert!(!is_taken(&[0; 65]));
        assert!(!is_taken(&[&[4][..], &[0; 64]].concat()));
    }

    /// The curve has a point with x = 5; x + p is the same number to whoever forgets to compare with p.
    #[test]
    fn a_coordinate_is_below_the_prime() {
        let [x, x_and_prime] = [
            "0000000000000000000000000000000000000000000000000000000000000005",
            "ffffffff00000001000000000000000000000001000000000000000000000004",
        ];
        let y = "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc";
        let point = |x: &str| [vec![4], hex(x), hex(y)].concat();
        assert!(is_taken(&point(x)));
        assert!(!is_taken(&point(x_and_prime)));
        assert!(!is_taken(&[&[4][..], &[0xff; 64]].concat()));
    }

    fn hex(digits: &str) -> Vec<u8> {
        let pairs = digits.as_bytes().chunks(2);
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_point_beside_the_curve_is_refused(byte in 1_usize..65, bits in 1_u8..) {
            let mut point = GENERATOR;
            point[byte] ^= bits;
            prop_assert!(!is_taken(&point));
        }
    }
}
