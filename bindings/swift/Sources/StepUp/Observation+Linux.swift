#if os(Linux) && compiler(<6.3)
    /// `swift::threading::fatal`, to which Swift's Observation library refers on Linux and which no library
    /// has (swiftlang/swift#75670).
    @_cdecl("_ZN5swift9threading5fatalEPKcz")
    func lockFailed() -> Never {
        fatalError("a lock of the system has failed")
    }
#endif
