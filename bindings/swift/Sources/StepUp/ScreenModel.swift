#if canImport(Combine)
    import Combine
#endif
#if canImport(Observation)
    import Observation
#endif

/// What the models for screens have in common: a screen that reads one is drawn again when it has changed.
///
/// From iOS 17 and macOS 14 on, SwiftUI holds one in `@State`, before that in `@StateObject`. It follows the
/// client for as long as it is held. Of a client that is shut down it shows what was known last; the same if
/// the system refuses a thread.
@MainActor
public class ScreenModel {
    /// Counts the changes: what Observation and Combine look at, on behalf of all that a model shows.
    #if canImport(Combine)
        @Published
    #endif
    private var revision = 0
    private var readers: [Task<Void, Never>] = []
    /// An `ObservationRegistrar`, where the system has it.
    private let registrar: (any Sendable)?

    init() {
        #if canImport(Observation)
            if #available(iOS 17, macOS 14, tvOS 17, watchOS 10, *) {
                registrar = ObservationRegistrar()
                return
            }
        #endif
        registrar = nil
    }

    deinit {
        readers.forEach { $0.cancel() }
    }

    /// A property on its way to a screen, which from now on waits for the next change.
    func shown<Value>(_ value: Value) -> Value {
        #if canImport(Observation)
            if #available(iOS 17, macOS 14, tvOS 17, watchOS 10, *) {
                (registrar as? ObservationRegistrar)?.access(self, keyPath: \.revision)
            }
        #endif
        return value
    }

    /// Applies each value of a stream, if there is one. `apply` must not hold the model.
    func follow<Value: Sendable>(
        _ values: AsyncStream<Value>?, _ apply: @escaping @MainActor (Value) -> Void
    ) {
        guard let values else { return }
        let reader = Task { [weak self] in
            for await value in values {
                self?.change { apply(value) }
            }
        }
        readers.append(reader)
    }

    private func change(_ apply: () -> Void) {
        #if canImport(Observation)
            if #available(iOS 17, macOS 14, tvOS 17, watchOS 10, *),
                let registrar = registrar as? ObservationRegistrar
            {
                registrar.willSet(self, keyPath: \.revision)
                defer { registrar.didSet(self, keyPath: \.revision) }
                revision += 1
                return apply()
            }
        #endif
        revision += 1
        apply()
    }
}

/// For `sheet(item:)` and lists: each model is itself.
extension ScreenModel: Identifiable {}

#if canImport(Combine)
    extension ScreenModel: ObservableObject {}
#endif

#if canImport(Observation)
    @available(iOS 17, macOS 14, tvOS 17, watchOS 10, *)
    extension ScreenModel: Observable {}
#endif
