import StepUp

/// A captcha that is solved at once.
public actor TestCaptcha: CaptchaProvider {
    /// The captchas that were shown.
    public private(set) var challenges: [CaptchaChallenge] = []
    private var behaviour = Behaviour.works

    /// A provider that has shown nothing.
    public init() {}

    /// From now on captchas begin like this.
    public func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    /// The token of a solved captcha.
    public func solve(challenge: CaptchaChallenge) async throws -> String {
        challenges.append(challenge)
        try await behaviour.pass()
        return "solved"
    }
}
