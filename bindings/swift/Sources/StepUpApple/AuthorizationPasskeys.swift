#if canImport(AuthenticationServices)
    import AuthenticationServices
    import StepUp

    /// Shows the system's passkey sheet (`ASAuthorizationController`).
    ///
    /// The app needs the entitlement *Associated Domains* with `webcredentials:<relying party>`, and the
    /// domain an `apple-app-site-association` that names the app; without both, calls throw
    /// `PlatformError.Configuration`. Cancelling the task takes the sheet away.
    public final class AuthorizationPasskeys: PasskeyProvider {
        private let window: PresentationWindow
        private let options: ASAuthorizationController.RequestOptions

        /// - Parameters:
        ///   - window: above which the sheet is shown.
        ///   - prefersImmediatelyAvailable: Whether a passkey has to be on this device. If there is none, no
        ///     sheet is shown and `get` throws `PlatformError.NotFound`; otherwise the sheet offers a passkey
        ///     of another device, by a QR code.
        public init(
            window: PresentationWindow = PresentationWindow(), prefersImmediatelyAvailable: Bool = false
        ) {
            self.window = window
            options = prefersImmediatelyAvailable ? .preferImmediatelyAvailableCredentials : []
        }

        /// Makes a passkey.
        ///
        /// - Throws: `PlatformError.Cancelled`; `AlreadyExists`, from iOS 18 and macOS 15 on; `Unsupported`
        ///   without a passcode or a window; `Configuration`.
        public func create(optionsJson: String) async throws -> String {
            let options = try passkeyOptions(PasskeyCreationOptions.self, from: optionsJson)
            return try await register(options, for: relyingParty(options.rp.id))
        }

        /// Proves that a passkey is there.
        ///
        /// - Throws: `PlatformError.Cancelled`, `NotFound`, `Unsupported`, `Configuration`.
        public func get(optionsJson: String) async throws -> String {
            let options = try passkeyOptions(PasskeyRequestOptions.self, from: optionsJson)
            return try await assert(options, for: relyingParty(options.rpId))
        }

        @MainActor
        private func register(_ passkey: PasskeyCreationOptions, for party: String) async throws -> String {
            let provider = ASAuthorizationPlatformPublicKeyCredentialProvider(relyingPartyIdentifier: party)
            let request = provider.createCredentialRegistrationRequest(
                challenge: passkey.challenge.data, name: passkey.user.name, userID: passkey.user.id.data)
            request.displayName = passkey.user.displayName
            if let preference = passkey.authenticatorSelection?.userVerification {
                request.userVerificationPreference = .init(rawValue: preference)
            }
            if #available(iOS 17.4, macOS 13.5, *), !passkey.excluded.isEmpty {
                request.excludedCredentials = passkey.excluded.map(
                    ASAuthorizationPlatformPublicKeyCredentialDescriptor.init(credentialID:))
            }
            // A new passkey is made on this device in any case.
            return try await PasskeyCeremony(in: window.anchor()).perform(request, options: [])
        }

        @MainActor
        private func assert(_ passkey: PasskeyRequestOptions, for party: String) async throws -> String {
            let provider = ASAuthorizationPlatformPublicKeyCredentialProvider(relyingPartyIdentifier: party)
            let request = provider.createCredentialAssertionRequest(challenge: passkey.challenge.data)
            request.allowedCredentials = passkey.allowed.map(
                ASAuthorizationPlatformPublicKeyCredentialDescriptor.init(credentialID:))
            if let preference = passkey.userVerification {
                request.userVerificationPreference = .init(rawValue: preference)
            }
            return try await PasskeyCeremony(in: window.anchor()).perform(request, options: options)
        }
    }
#endif
