import StepUp
import StepUpTesting

// A server on this machine. An app has the id of its environment, and neither of the other two.
let sandbox = try Sandbox()
let config = ClientConfig(
    environmentId: sandbox.environmentId, baseUrl: sandbox.baseUrl, allowInsecureLoopback: true)
// Storage in memory and keys in software: an app gives its own.
let client = try StepUpClient(config: config, platform: .insecureInMemory())

let email = "ada@example.com"
_ = try await client.auth.sendEmailOtp(email: email)
_ = try await client.auth.signInWithOtp(code: sandbox.code(for: email))

// Check: does the server want the user to prove who they are?
let scope = TokenScope.walletExport
let check = try await client.stepUp.check(scope: scope)
if check.isRequired, let credential = check.credentials.first {
    // Verify: here with a code by e-mail.
    let sent = try await client.stepUp.sendOtp(credentialId: credential.id)
    _ = try await client.stepUp.verifyOtp(
        code: sandbox.code(for: email), scopes: [scope], verificationId: sent.id)
}

// Proceed: the sandbox plays the app's backend, too.
let headers = try await client.stepUp.authorizationHeaders(scope: scope)
let answer = try await sandbox.control(
    "POST", "protected", #"{"scope":"wallet:export"}"#, headers: headers.map { ($0.name, $0.value) })
print("the backend answers \(answer.status)")
