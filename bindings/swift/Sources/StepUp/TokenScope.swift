/// Permissions that an elevated access token can carry, as they are written on the wire.
///
/// The set is open: any other text without blanks is passed on unchanged.
public enum TokenScope {
    /// Export of a wallet's private key.
    public static let walletExport = "wallet:export"
    /// Any signature of an embedded wallet.
    public static let walletSign = "wallet:sign"
    /// Deletion of an embedded wallet.
    public static let walletDelete = "wallet:delete"
    /// Refresh of an embedded wallet's key shares.
    public static let walletRefresh = "wallet:refresh"
    /// A new distribution of an embedded wallet's key shares.
    public static let walletReshare = "wallet:reshare"
    /// Delegated access to an embedded wallet.
    public static let walletDelegate = "wallet:delegate"
    /// Restoring of an embedded wallet.
    public static let walletRestore = "wallet:restore"
    /// Adding a way to sign in or to verify.
    public static let credentialLink = "credential:link"
    /// Changing a credential.
    public static let credentialUpdate = "credential:update"
    /// Removing a way to sign in or to verify.
    public static let credentialUnlink = "credential:unlink"
    /// Changing the user's profile.
    public static let userUpdate = "user:update"
    /// Deleting the user's account.
    public static let userDelete = "user:delete"
}
