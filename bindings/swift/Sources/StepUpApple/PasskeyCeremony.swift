#if canImport(AuthenticationServices)
    import AuthenticationServices
    import StepUp

    /// One sheet, from its appearance to what came of it.
    @MainActor
    final class PasskeyCeremony: NSObject {
        private let anchor: ASPresentationAnchor
        private var controller: ASAuthorizationController?
        private var continuation: CheckedContinuation<String, any Error>?

        init(in anchor: ASPresentationAnchor) {
            self.anchor = anchor
        }

        /// Shows the sheet. Answers with the credential's JSON.
        func perform(
            _ request: ASAuthorizationRequest, options: ASAuthorizationController.RequestOptions
        ) async throws -> String {
            let controller = ASAuthorizationController(authorizationRequests: [request])
            self.controller = controller
            controller.delegate = self
            controller.presentationContextProvider = self
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    self.continuation = continuation
                    if Task.isCancelled {
                        end(with: .failure(.Cancelled))
                    } else {
                        controller.performRequests(options: options)
                    }
                }
            } onCancel: {
                Task { @MainActor in self.cancel() }
            }
        }

        /// The call ends at once, whether or not the system has the controller say so.
        private func cancel() {
            let controller = controller
            end(with: .failure(.Cancelled))
            controller?.cancel()
        }

        /// The first ending counts.
        private func end(with result: Result<String, PlatformError>) {
            continuation?.resume(with: result)
            (continuation, controller) = (nil, nil)
        }
    }

    extension PasskeyCeremony: ASAuthorizationControllerPresentationContextProviding {
        func presentationAnchor(for controller: ASAuthorizationController) -> ASPresentationAnchor {
            anchor
        }
    }

    extension PasskeyCeremony: ASAuthorizationControllerDelegate {
        func authorizationController(
            controller: ASAuthorizationController,
            didCompleteWithAuthorization authorization: ASAuthorization
        ) {
            if let json = try? authorization.credential.passkey?.json {
                end(with: .success(json))
            } else {
                end(with: .failure(.Internal(reason: "the answer is no passkey, or not a whole one")))
            }
        }

        func authorizationController(
            controller: ASAuthorizationController, didCompleteWithError error: any Error
        ) {
            end(with: .failure(PlatformError(authorization: error as NSError)))
        }
    }

    extension ASAuthorizationCredential {
        /// None if this is not a passkey's answer, or if a part is missing.
        fileprivate var passkey: PasskeyCredential? {
            switch self {
            case let made as ASAuthorizationPlatformPublicKeyCredentialRegistration:
                guard let attestation = made.rawAttestationObject else { return nil }
                var attachment: String?
                if #available(iOS 16.6, macOS 13.5, *) { attachment = made.attachment.name }
                return PasskeyCredential(
                    id: made.credentialID, clientData: made.rawClientDataJSON, attestation: attestation,
                    attachment: attachment)
            case let proof as ASAuthorizationPlatformPublicKeyCredentialAssertion:
                // Apple's headers do not say that these are there.
                let members: (Data?, Data?) = (proof.rawAuthenticatorData, proof.signature)
                guard let authenticatorData = members.0, let signature = members.1 else { return nil }
                var attachment: String?
                if #available(iOS 16.6, macOS 13.5, *) { attachment = proof.attachment.name }
                return PasskeyCredential(
                    id: proof.credentialID, clientData: proof.rawClientDataJSON,
                    authenticatorData: authenticatorData, signature: signature, userHandle: proof.userID,
                    attachment: attachment)
            default: return nil
            }
        }
    }

    @available(iOS 16.6, macOS 13.5, *)
    extension ASAuthorizationPublicKeyCredentialAttachment {
        /// As WebAuthn has it; none for what is not known.
        fileprivate var name: String? {
            switch self {
            case .platform: "platform"
            case .crossPlatform: "cross-platform"
            @unknown default: nil
            }
        }
    }
#endif
