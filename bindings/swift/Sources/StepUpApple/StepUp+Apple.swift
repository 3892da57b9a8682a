#if canImport(AuthenticationServices) && canImport(Security) && canImport(os)
    import StepUp

    /// Where an app of Apple's systems begins.
    public enum StepUp: Sendable {
        /// The client of this process, with keychain, Secure Enclave, passkey sheet, browser and log of the
        /// system.
        ///
        /// Whoever asks for the same environment, base URL and namespace, written the same way, gets the same
        /// client, for as long as somebody holds it; of a second call only these three count.
        ///
        /// - Parameters:
        ///   - config: Where `deviceName` is none, the kind of the device and its system are taken.
        ///   - platform: What the app has chosen otherwise, for example
        ///     `.apple(window: window, walletSigner: wallets)`.
        /// - Throws: `StepUpError.InvalidConfiguration` with the name of the field; `AlreadyOpen` if such a
        ///   client was made without this call.
        public static func apple(
            _ config: ClientConfig, platform: @autoclosure () -> Platform = .apple()
        ) throws -> StepUpClient {
            var config = config
            config.deviceName = config.deviceName ?? deviceName
            return try SharedClients.ofProcess.client(config, on: platform)
        }
    }

    extension Platform {
        /// The callbacks of Apple's systems, with what the app adds.
        ///
        /// - Parameters:
        ///   - window: above which sheets and pages are shown.
        ///   - passkeys: Instead of the system's sheet as it is by default.
        ///   - browser: Instead of the system's browser as it is by default.
        ///   - walletSigner: Asks the user's wallets, which the system has none of.
        ///   - captcha: Shows captchas, if the environment asks for them.
        ///   - logSink: Takes the log; none, to have none.
        public static func apple(
            window: PresentationWindow = PresentationWindow(), passkeys: (any PasskeyProvider)? = nil,
            browser: (any OAuthBrowser)? = nil, walletSigner: (any WalletSigner)? = nil,
            captcha: (any CaptchaProvider)? = nil, logSink: (any LogSink)? = OSLogSink()
        ) -> Platform {
            let installation = Installation()
            return Platform(
                storage: KeychainStorage(installation: installation),
                deviceKeys: SecureEnclaveDeviceKeys(installation: installation),
                passkeys: passkeys ?? AuthorizationPasskeys(window: window),
                oauthBrowser: browser ?? WebAuthenticationBrowser(window: window),
                walletSigner: walletSigner, captcha: captcha, logSink: logSink)
        }
    }
#endif
