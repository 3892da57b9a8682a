#if canImport(AuthenticationServices)
    import AuthenticationServices
    import StepUp

    /// One page, from its appearance to what came of it.
    @MainActor
    final class BrowserVisit: NSObject, ASWebAuthenticationPresentationContextProviding {
        private let anchor: ASPresentationAnchor
        private var session: ASWebAuthenticationSession?
        private var continuation: CheckedContinuation<String, any Error>?

        init(in anchor: ASPresentationAnchor) {
            self.anchor = anchor
        }

        func presentationAnchor(for session: ASWebAuthenticationSession) -> ASPresentationAnchor {
            anchor
        }

        /// Opens the page. Answers with the redirect.
        func perform(_ page: URL, until callback: BrowserCallback, isEphemeral: Bool) async throws -> String {
            let session = session(for: page, until: callback)
            self.session = session
            session.presentationContextProvider = self
            session.prefersEphemeralWebBrowserSession = isEphemeral
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    self.continuation = continuation
                    if Task.isCancelled {
                        end(with: .failure(.Cancelled))
                    } else if !session.start() {
                        end(with: .failure(.Unsupported))
                    }
                }
            } onCancel: {
                Task { @MainActor in self.cancel() }
            }
        }

        private func session(
            for page: URL, until callback: BrowserCallback
        ) -> ASWebAuthenticationSession {
            // Called on any thread: what is not `@Sendable` would belong to the main actor, and end the app
            // elsewhere.
            let completion: @Sendable (URL?, (any Error)?) -> Void = { url, error in
                let result: Result<String, PlatformError> =
                    if let url {
                        .success(url.absoluteString)
                    } else if let error {
                        .failure(PlatformError(webAuthentication: error as NSError))
                    } else {
                        .failure(.Internal(reason: "the page has ended with nothing"))
                    }
                Task { @MainActor in self.end(with: result) }
            }
            switch callback {
            case .https(let host, let path):
                if #available(iOS 17.4, macOS 14.4, *) {
                    return ASWebAuthenticationSession(
                        url: page, callback: .https(host: host, path: path), completionHandler: completion)
                }
                // Is not asked for there.
                return ASWebAuthenticationSession(
                    url: page, callbackURLScheme: nil, completionHandler: completion)
            case .customScheme(let scheme):
                return ASWebAuthenticationSession(
                    url: page, callbackURLScheme: scheme, completionHandler: completion)
            }
        }

        /// The call ends at once, whether or not the system says so.
        private func cancel() {
            let session = session
            end(with: .failure(.Cancelled))
            session?.cancel()
        }

        /// The first ending counts.
        private func end(with result: Result<String, PlatformError>) {
            continuation?.resume(with: result)
            (continuation, session) = (nil, nil)
        }
    }
#endif
