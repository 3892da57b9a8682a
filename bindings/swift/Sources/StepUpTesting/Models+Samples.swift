import StepUp

// Models for previews: each shows for good what it is given, without a client. Taps lead nowhere.

extension SessionModel {
    /// Shows who is signed in.
    ///
    /// - Parameters:
    ///   - session: The session; none if nobody is signed in.
    ///   - isKnown: Whether the client has told it, as it has a moment after its start.
    ///   - deviceRegistration: Whether this device has to be registered first.
    public static func sample(
        session: Session? = Samples.session, isKnown: Bool = true,
        deviceRegistration: DeviceRegistrationStatus = .notRequired
    ) -> SessionModel {
        SessionModel(session: session, isKnown: isKnown, deviceRegistration: deviceRegistration)
    }
}

extension StepUpModel {
    /// Shows what is proven.
    ///
    /// - Parameters:
    ///   - elevations: What is held.
    ///   - state: How step-ups are going; left out, none is under way.
    public static func sample(
        elevations: [Elevation] = [Samples.elevation],
        state: StepUpState = StepUpState(isLoading: false, error: nil, pendingCode: nil)
    ) -> StepUpModel {
        StepUpModel(state: state, elevations: elevations)
    }
}

extension StepUpFlowModel {
    /// Shows a state of a flow, such as one of `Samples.flowStates`.
    public static func sample(_ state: StepUpFlowState) -> StepUpFlowModel {
        StepUpFlowModel(.sample(state))
    }
}

extension StepUpFlow {
    /// A flow that stays in one state, for screens that follow a flow themselves.
    public static func sample(
        _ state: StepUpFlowState, scopes: [String] = [TokenScope.walletExport]
    ) -> StepUpFlow {
        StepUpFlow(core: SampleFlow(state: state, scopes: scopes))
    }
}
