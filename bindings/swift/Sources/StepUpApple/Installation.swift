#if canImport(Security)
    import Foundation
    import StepUp

    /// One install of the app. The keychain outlives it: what an earlier install has left is removed before
    /// anything is read.
    ///
    /// An install is known by a number that lies in the keychain and in a file of the app's container, which
    /// goes with the app. The file is not in backups and is readable before the first unlock; if the keychain
    /// is not, nothing is taken for new.
    final class Installation: @unchecked Sendable {
        private let service: String
        private let directory: URL?
        /// Touched on the keychain's queue only.
        private var isCurrent = false

        /// - Parameter directory: Instead of one of the app's container, for tests.
        init(service: String = KeychainQuery.label, directory: URL? = nil) {
            (self.service, self.directory) = (service, directory)
        }

        /// Runs what uses the keychain, for this install.
        func run<Answer: Sendable>(
            _ work: @escaping @Sendable (_ service: String) throws -> Answer
        ) async throws -> Answer {
            try await Keychain.run {
                try self.makeCurrent()
                return try work(self.service)
            }
        }

        private func makeCurrent() throws {
            guard !isCurrent else { return }
            let marker = KeychainQuery.record("installation", of: service)
            let kept = try Keychain.data(of: marker)
            let file = try file()
            let noted = try note(in: file)
            if kept == nil || kept != noted {
                try Keychain.delete(.records(of: service))
                try Keychain.delete(.keys(of: service))
                let number = Data(UUID().uuidString.utf8)
                try write(number, to: file)
                try Keychain.put(number, as: marker)
            }
            isCurrent = true
        }

        /// A Mac's apps can share the directory.
        private func file() throws -> URL {
            let app = Bundle.main.bundleIdentifier ?? ProcessInfo.processInfo.processName
            do {
                let files = FileManager.default
                let support = try files.url(
                    for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
                let directory = directory ?? support.appendingPathComponent(service)
                try files.createDirectory(at: directory, withIntermediateDirectories: true)
                return directory.appendingPathComponent("\(app).installation")
            } catch {
                throw Self.notWritable
            }
        }

        /// A file that is there and cannot be read is no sign of a new install.
        private func note(in file: URL) throws -> Data? {
            guard FileManager.default.fileExists(atPath: file.path) else { return nil }
            do { return try Data(contentsOf: file) } catch { throw PlatformError.Locked }
        }

        private static let notWritable = PlatformError.Internal(reason: "the container cannot be written")

        private func write(_ number: Data, to file: URL) throws {
            do {
                try number.write(to: file, options: [.atomic, .noFileProtection])
                var values = URLResourceValues()
                values.isExcludedFromBackup = true
                var file = file
                try file.setResourceValues(values)
            } catch {
                throw Self.notWritable
            }
        }
    }
#endif
