#if canImport(Security)
    import Foundation
    import StepUp

    /// One install of the app. The keychain outlives it: what an earlier install has left is removed before
    /// anything is read.
    ///
    /// An install is known by a number that lies in the keychain, as its marker, and in a file of the app's
    /// container, which goes with the app. The file is not in backups and is readable before the first
    /// unlock; if the keychain is not, nothing is taken for new.
    ///
    /// Before the first unlock a keychain does not always say that it is locked: an app that the system
    /// starts ahead of time may be told that there is nothing, and what it deletes then is gone. That
    /// something was not found counts only once this process has read the marker or added it.
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
            if kept == nil, let noted {
                // The file is of this install, and so is what the keychain has.
                try Keychain.add(noted, as: marker)
            } else if kept == nil || kept != noted {
                try begin(noting: file, as: marker, isAdded: kept != nil)
            }
            isCurrent = true
        }

        /// Removes what an earlier install has left. Wherever it is interrupted, it begins again or has
        /// nothing left to remove: the marker goes last, with the records.
        private func begin(noting file: URL, as marker: KeychainQuery, isAdded: Bool) throws {
            let number = Data(UUID().uuidString.utf8)
            // A locked keychain that said that there is no marker fails here, before anything is removed.
            if !isAdded { try Keychain.add(number, as: marker) }
            try Keychain.delete(.keys(of: service))
            try Keychain.delete(.records(of: service))
            try write(number, to: file)
            try Keychain.add(number, as: marker)
        }

        /// A Mac's apps can share the support directory; the service tells them apart.
        private func file() throws -> URL {
            do {
                let files = FileManager.default
                let support = try files.url(
                    for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
                let directory = directory ?? support.appendingPathComponent(service)
                try files.createDirectory(at: directory, withIntermediateDirectories: true)
                return directory.appendingPathComponent("installation")
            } catch {
                throw Self.notWritable
            }
        }

        /// A file that is there and cannot be read is no sign of a new install.
        private func note(in file: URL) throws -> Data? {
            do {
                return try Data(contentsOf: file)
            } catch CocoaError.fileReadNoSuchFile {
                return nil
            } catch {
                throw PlatformError.Locked
            }
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
