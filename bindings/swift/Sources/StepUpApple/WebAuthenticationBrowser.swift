#if canImport(AuthenticationServices)
    import AuthenticationServices
    import StepUp

    /// Shows a provider's page in the system's browser (`ASWebAuthenticationSession`), never in a web view of
    /// the app's.
    ///
    /// An https redirect is possible from iOS 17.4 and macOS 14.4 on. The app needs the entitlement
    /// *Associated Domains* with `webcredentials:<host of the redirect>`, and the domain an
    /// `apple-app-site-association` that names the app. Below, `oauthRedirectUrl` has to have a scheme of the
    /// app's own, see ``isHttpsRedirectPossible``. Cancelling the task closes the page.
    public final class WebAuthenticationBrowser: OAuthBrowser {
        private let window: PresentationWindow
        private let prefersEphemeralSession: Bool

        /// - Parameters:
        ///   - window: above which the page is shown.
        ///   - prefersEphemeralSession: Whether the page knows no cookies of the browser: the person always
        ///     logs in there, and the system does not ask beforehand whether the app may log in.
        public init(
            window: PresentationWindow = PresentationWindow(), prefersEphemeralSession: Bool = false
        ) {
            (self.window, self.prefersEphemeralSession) = (window, prefersEphemeralSession)
        }

        /// Whether this system can wait for an https redirect. Where it cannot, the client's configuration
        /// has to have another `oauthRedirectUrl` and to allow custom schemes.
        public static var isHttpsRedirectPossible: Bool {
            if #available(iOS 17.4, macOS 14.4, *) { true } else { false }
        }

        /// Opens a page. Answers with the redirect that it ends with.
        ///
        /// - Throws: `PlatformError.Cancelled`; `Unsupported` without a window; `Configuration` if the
        ///   redirect cannot be waited for.
        public func open(request: BrowserRequest) async throws -> String {
            let callback = try BrowserCallback(
                redirectUrl: request.redirectUrl, isHttpsPossible: Self.isHttpsRedirectPossible)
            guard let page = URL(string: request.url) else {
                throw PlatformError.Internal(reason: "the page is no URL")
            }
            return try await visit(page, until: callback)
        }

        @MainActor
        private func visit(_ page: URL, until callback: BrowserCallback) async throws -> String {
            try await BrowserVisit(in: window.anchor())
                .perform(page, until: callback, isEphemeral: prefersEphemeralSession)
        }
    }
#endif
