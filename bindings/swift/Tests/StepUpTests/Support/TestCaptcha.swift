import StepUp

/// A captcha that is solved at once.
actor TestCaptcha: CaptchaProvider {
    private(set) var challenges: [CaptchaChallenge] = []
    private var behaviour = Behaviour.works

    func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    func solve(challenge: CaptchaChallenge) async throws -> String {
        challenges.append(challenge)
        try await behaviour.pass()
        return "solved"
    }
}
