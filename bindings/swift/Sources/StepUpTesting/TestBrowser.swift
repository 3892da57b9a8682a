import StepUp

/// A browser whose user decides at once, on the sandbox's consent page.
public actor TestBrowser: OAuthBrowser {
    /// What the user does there.
    public enum Decision: Sendable {
        /// Consents with the account of this id.
        case approves(String)
        /// The provider ends it with this error.
        case denies(String)
        /// Something else comes back.
        case answers(String)
    }

    private let sandbox: Sandbox
    /// The pages that were opened.
    public private(set) var opened: [BrowserRequest] = []
    private var decision = Decision.approves("ada's account")
    private var behaviour = Behaviour.works

    /// A browser for the providers' pages of this sandbox.
    public init(sandbox: Sandbox) {
        self.sandbox = sandbox
    }

    /// From now on visits begin like this.
    public func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    /// From now on the user does this.
    public func decide(_ decision: Decision) {
        self.decision = decision
    }

    /// The user's visit: the redirect that it ends with.
    public func open(request: BrowserRequest) async throws -> String {
        opened.append(request)
        try await behaviour.pass()
        switch decision {
        case .approves(let account): return try await sandbox.approve(page: request.url, account: account)
        case .denies(let error): return try await sandbox.deny(page: request.url, error: error)
        case .answers(let url): return url
        }
    }
}
