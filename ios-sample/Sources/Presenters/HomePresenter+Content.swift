import StepUp

extension HomePresenter {
    /// Something that is still to be done.
    public struct Duty: Equatable, Identifiable {
        /// What it is.
        public let duty: OnboardingDuty

        /// The same for the same duty.
        public var id: TextKey { title }

        /// What is to be done.
        public var title: TextKey {
            switch duty {
            case .registerDevice: .dutyRegisterDevice
            case .completeMfa: .dutyCompleteMfa
            case .acknowledgeRecoveryCodes: .dutyRecoveryCodes
            case .completeProfile: .dutyProfile
            }
        }

        /// What does not work until then.
        public var blocks: TextKey {
            switch duty {
            case .registerDevice: .blocksEverything
            case .completeMfa: .blocksChanges
            case .acknowledgeRecoveryCodes, .completeProfile: .blocksNothing
            }
        }
    }

    /// What the user wanted to link belongs to somebody else, who may be the same person.
    public enum Offer: Equatable, Sendable {
        /// The two accounts can become one.
        case merge(MergeConflicts)
        /// The wallet can come to this account.
        case transfer(WalletAccount)

        init?(_ outcome: LinkOutcome) {
            switch outcome {
            case .done: return nil
            case .mergeRequired(let conflicts): self = .merge(conflicts)
            case .transferRequired(let account): self = .transfer(account)
            }
        }
    }

    /// A way to sign in.
    public struct Credential: Equatable, Identifiable, Sendable {
        /// Names it to the server.
        public let id: CredentialId
        /// What it is.
        public let kind: TextKey
        /// Address, number, account or wallet.
        public let label: String?

        init(_ credential: VerifiedCredential) {
            id = credential.id
            kind = TextKey(credential.format)
            label =
                credential.email ?? credential.phoneNumber ?? credential.oauthProvider
                ?? credential.walletAddress
        }
    }
}

extension MergeConflicts {
    /// For each field the value of the signed-in user.
    var keepingWhatIsHere: [MergeResolution] {
        conflicts.map {
            MergeResolution(field: $0.field, fieldType: $0.fieldType, userId: $0.current.userId)
        }
    }
}

extension TextKey {
    fileprivate init(_ format: CredentialFormat) {
        switch format {
        case .email: self = .credentialEmail
        case .phoneNumber: self = .credentialPhone
        case .oAuth: self = .credentialSocial
        case .blockchain: self = .credentialWallet
        case .externalUser: self = .credentialBackend
        case .totp: self = .methodTotp
        case .passkey: self = .methodPasskey
        case .other: self = .credentialOther
        }
    }
}
