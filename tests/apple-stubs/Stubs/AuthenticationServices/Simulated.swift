import Foundation

/// The sheets and pages that were shown, and what the person before them does.
@MainActor public enum SimulatedSheet {
    /// One sheet.
    public struct Shown {
        public let request: ASAuthorizationRequest
        public let options: ASAuthorizationController.RequestOptions
        public let window: ASPresentationAnchor?
    }
    public enum Decision {
        /// Waits until it is cancelled.
        case waits
        case fails(any Error)
        case registers(id: Data, clientData: Data, attestation: Data?)
        case asserts(id: Data, clientData: Data, authenticatorData: Data?, userID: Data?, signature: Data?)
    }
    public static var decision = Decision.waits
    public private(set) static var shown: [Shown] = []
    private static var open: [ASAuthorizationController] = []

    /// How many sheets are there.
    public static var count: Int { open.count }

    public static func reset() { (decision, shown, open) = (.waits, [], []) }

    /// The person acts on the sheets that wait.
    public static func decide(_ late: Decision) {
        decision = late
        for controller in open { decide(controller) }
    }

    nonisolated static func show(
        _ controller: ASAuthorizationController, options: ASAuthorizationController.RequestOptions
    ) {
        nonisolated(unsafe) let controller = controller
        MainActor.assumeIsolated {
            let window = controller.presentationContextProvider?.presentationAnchor(for: controller)
            shown += controller.authorizationRequests.map {
                Shown(request: $0, options: options, window: window)
            }
            open.append(controller)
            decide(controller)
        }
    }

    nonisolated static func cancel(_ controller: ASAuthorizationController) {
        nonisolated(unsafe) let controller = controller
        MainActor.assumeIsolated {
            guard open.contains(where: { $0 === controller }) else { return }
            end(controller, with: ASAuthorizationError(.canceled))
        }
    }

    private static func decide(_ controller: ASAuthorizationController) {
        switch decision {
        case .waits: break
        case .fails(let error): end(controller, with: error)
        case .registers(let id, let clientData, let attestation):
            end(
                controller,
                ASAuthorizationPlatformPublicKeyCredentialRegistration(
                    id: id, clientData: clientData, attestation: attestation))
        case .asserts(let id, let clientData, let authenticatorData, let userID, let signature):
            end(
                controller,
                ASAuthorizationPlatformPublicKeyCredentialAssertion(
                    id: id, clientData: clientData, authenticatorData: authenticatorData, userID: userID,
                    signature: signature))
        }
    }

    private static func end(
        _ controller: ASAuthorizationController, _ credential: any ASAuthorizationCredential
    ) {
        open.removeAll { $0 === controller }
        controller.delegate?.authorizationController(
            controller: controller, didCompleteWithAuthorization: ASAuthorization(credential: credential))
    }

    private static func end(_ controller: ASAuthorizationController, with error: any Error) {
        open.removeAll { $0 === controller }
        controller.delegate?.authorizationController(controller: controller, didCompleteWithError: error)
    }
}

/// The pages that were opened, and what comes of them.
@MainActor public enum SimulatedBrowser {
    /// One page.
    public struct Opened {
        public let url: URL
        public let callback: String?
        public let isEphemeral: Bool
        public let window: ASPresentationAnchor?
    }
    public enum Decision: Sendable {
        /// Waits until it is cancelled.
        case waits
        case refusesToStart
        case fails(ASWebAuthenticationSessionError)
        case returns(URL)
        case endsWithNothing
    }
    public static var decision = Decision.waits
    public private(set) static var opened: [Opened] = []
    private static var open: [ASWebAuthenticationSession] = []

    public static func reset() { (decision, opened, open) = (.waits, [], []) }

    /// How many pages are there.
    public static var count: Int { open.count }
    /// The page that waits comes to its end.
    public static func returns(_ url: URL) {
        for session in open { end(session, url, nil) }
    }

    nonisolated static func open(_ session: ASWebAuthenticationSession) -> Bool {
        nonisolated(unsafe) let session = session
        return MainActor.assumeIsolated {
            let window = session.presentationContextProvider?.presentationAnchor(for: session)
            let isEphemeral = session.prefersEphemeralWebBrowserSession
            opened.append(
                Opened(url: session.url, callback: session.callback, isEphemeral: isEphemeral, window: window)
            )
            open.append(session)
            switch decision {
            case .waits: break
            case .refusesToStart: return false
            case .fails(let error): end(session, nil, error)
            case .returns(let url): end(session, url, nil)
            case .endsWithNothing: end(session, nil, nil)
            }
            return true
        }
    }

    nonisolated static func cancel(_ session: ASWebAuthenticationSession) {
        nonisolated(unsafe) let session = session
        MainActor.assumeIsolated {
            guard open.contains(where: { $0 === session }) else { return }
            end(session, nil, ASWebAuthenticationSessionError(.canceledLogin))
        }
    }

    /// On a thread of its own, as macOS does it.
    private static func end(_ session: ASWebAuthenticationSession, _ url: URL?, _ error: (any Error)?) {
        open.removeAll { $0 === session }
        nonisolated(unsafe) let handler = session.completionHandler
        DispatchQueue(label: "browser").async { handler(url, error) }
    }
}
