import StepUpGenerated

// The core prints these without what is personal or secret in them. Reflection, and so `dump`, does not ask
// for that text: it is given no part to show.

extension User: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension VerifiedCredential: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension StepUpCredential: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension PhoneNumber: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension MfaFactor: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension TotpEnrollment: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension QrCode: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension HttpHeader: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension MergeChoice: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension UserUpdate: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Passkey: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension LegacyMfaFactor: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension BrowserRequest: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension WalletAccount: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension WalletMessage: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension StepUpOption: CustomReflectable {
    /// Shows no part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
