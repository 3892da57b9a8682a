import Foundation

#if canImport(CryptoKit)
    import CryptoKit

    /// A P-256 key that signs.
    struct SigningKey: Sendable {
        private let key: P256.Signing.PrivateKey

        init() throws {
            key = P256.Signing.PrivateKey()
        }

        /// One that was written down.
        init(der: Data) throws {
            key = try P256.Signing.PrivateKey(derRepresentation: der)
        }

        /// The private key, to be written down.
        func der() throws -> Data {
            key.derRepresentation
        }

        func subjectPublicKeyInfo() throws -> Data {
            key.publicKey.derRepresentation
        }

        /// ECDSA over the SHA-256 of a message, in DER.
        func signature(for message: Data) throws -> Data {
            try key.signature(for: message).derRepresentation
        }
    }

    func hmacSha1(key: Data, message: Data) -> [UInt8] {
        Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }
#else
    import COpenSSL

    struct CryptographyFailed: Error {}

    private func succeed(_ result: Int32) throws {
        guard result == 1 else { throw CryptographyFailed() }
    }

    /// A P-256 key that signs. OpenSSL counts references to it by itself and locks it where it must.
    final class SigningKey: @unchecked Sendable {
        private let key: OpaquePointer

        init() throws {
            guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw CryptographyFailed() }
            defer { EVP_PKEY_CTX_free(context) }
            try succeed(EVP_PKEY_keygen_init(context))
            try succeed(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1))
            var made: OpaquePointer?
            try succeed(EVP_PKEY_keygen(context, &made))
            guard let made else { throw CryptographyFailed() }
            key = made
        }

        /// One that was written down.
        init(der: Data) throws {
            let read = der.withUnsafeBytes { bytes in
                var start = bytes.bindMemory(to: UInt8.self).baseAddress
                return d2i_AutoPrivateKey(nil, &start, bytes.count)
            }
            guard let read else { throw CryptographyFailed() }
            key = read
        }

        deinit {
            EVP_PKEY_free(key)
        }

        /// The private key, to be written down.
        func der() throws -> Data {
            try encoded(by: i2d_PrivateKey)
        }

        func subjectPublicKeyInfo() throws -> Data {
            try encoded(by: i2d_PUBKEY)
        }

        private func encoded(
            by encode: (OpaquePointer, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32
        ) throws -> Data {
            var bytes: UnsafeMutablePointer<UInt8>?
            let count = encode(key, &bytes)
            guard count > 0, let bytes else { throw CryptographyFailed() }
            defer { CRYPTO_free(bytes, #file, #line) }
            return Data(bytes: bytes, count: Int(count))
        }

        /// ECDSA over the SHA-256 of a message, in DER.
        func signature(for message: Data) throws -> Data {
            guard let context = EVP_MD_CTX_new() else { throw CryptographyFailed() }
            defer { EVP_MD_CTX_free(context) }
            try succeed(EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key))
            var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
            var count = signature.count
            try message.withUnsafeBytes { bytes in
                let start = bytes.bindMemory(to: UInt8.self).baseAddress
                try succeed(EVP_DigestSign(context, &signature, &count, start, bytes.count))
            }
            return Data(signature.prefix(count))
        }
    }

    func hmacSha1(key: Data, message: Data) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 20)
        var count = UInt32(code.count)
        let (key, message) = (Array(key), Array(message))
        HMAC(EVP_sha1(), key, Int32(key.count), message, message.count, &code, &count)
        return code
    }
#endif
