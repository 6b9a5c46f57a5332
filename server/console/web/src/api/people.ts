import { queryOptions } from "@tanstack/react-query";
import { changing, client, read, send } from "./client";
import type { components } from "./schema";

type Schema = components["schemas"];
export type RoleName = Schema["MemberRole"]["role"];

const header = changing;

/** GET /account: what somebody can change of themselves. */
export const accountQuery = queryOptions({
  queryKey: ["account"],
  queryFn: ({ signal }) => read("Your account", client.GET("/api/v1/account", { signal })),
});

export const sessionsQuery = queryOptions({
  queryKey: ["account", "sessions"],
  queryFn: ({ signal }) => read("Your sessions", client.GET("/api/v1/account/sessions", { signal })),
});

export const apiTokensQuery = queryOptions({
  queryKey: ["account", "tokens"],
  queryFn: ({ signal }) => read("Your API tokens", client.GET("/api/v1/account/tokens", { signal })),
});

export const changePassword = (body: Schema["NewPassword"]) =>
  send("Change the password", client.PUT("/api/v1/account/password", { body, params: { header } }));

export const beginFactor = (password: string) =>
  read("Set up a second factor", client.POST("/api/v1/account/second-factor", { body: { password }, params: { header } }));

export const confirmFactor = (code: string) =>
  read("Confirm the second factor", client.PUT("/api/v1/account/second-factor", { body: { code }, params: { header } }));

export const removeFactor = (code: string) =>
  send("Remove the second factor", client.DELETE("/api/v1/account/second-factor", { body: { code }, params: { header } }));

export const showFactor = (code: string) =>
  send("Show the second factor", client.POST("/api/v1/account/second-factor/show", { body: { code }, params: { header } }));

export const newRecoveryCodes = (code: string) =>
  read("New recovery codes", client.POST("/api/v1/account/second-factor/recovery-codes", { body: { code }, params: { header } }));

export const endSession = (id: string) =>
  send("End the session", client.DELETE("/api/v1/account/sessions/{id}", { params: { path: { id }, header } }));

export const endOtherSessions = () => send("End the other sessions", client.DELETE("/api/v1/account/sessions", { params: { header } }));

export const createAPIToken = (body: Schema["NewAPIToken"]) =>
  read("Make an API token", client.POST("/api/v1/account/tokens", { body, params: { header } }));

export const removeAPIToken = (id: string) =>
  send("End the API token", client.DELETE("/api/v1/account/tokens/{id}", { params: { path: { id }, header } }));

/** GET /roles: what each role may do. */
export const rolesQuery = queryOptions({
  queryKey: ["roles"],
  queryFn: ({ signal }) => read("Roles", client.GET("/api/v1/roles", { signal })),
  staleTime: Infinity,
});

export const membersQuery = (tenant: string) =>
  queryOptions({
    queryKey: ["members", tenant],
    queryFn: ({ signal }) => read("Members", client.GET("/api/v1/tenants/{tenant}/members", { params: { path: { tenant } }, signal })),
  });

export const changeMember = (tenant: string, user: string, role: RoleName) =>
  send(
    "Change the role",
    client.PUT("/api/v1/tenants/{tenant}/members/{user}", { body: { role }, params: { path: { tenant, user }, header } }),
  );

export const removeMember = (tenant: string, user: string) =>
  send("Remove the member", client.DELETE("/api/v1/tenants/{tenant}/members/{user}", { params: { path: { tenant, user }, header } }));

export const invitationsQuery = (tenant: string) =>
  queryOptions({
    queryKey: ["invitations", tenant],
    queryFn: ({ signal }) =>
      read("Invitations", client.GET("/api/v1/tenants/{tenant}/invitations", { params: { path: { tenant } }, signal })),
  });

export const invite = (tenant: string, body: Schema["NewInvitation"]) =>
  read("Invite", client.POST("/api/v1/tenants/{tenant}/invitations", { body, params: { path: { tenant }, header } }));

export const uninvite = (tenant: string, invitation: string) =>
  send(
    "Remove the invitation",
    client.DELETE("/api/v1/tenants/{tenant}/invitations/{invitation}", { params: { path: { tenant, invitation }, header } }),
  );

/** GET /users: for administrators of the installation. */
export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: ({ signal }) => read("Users", client.GET("/api/v1/users", { signal })),
});

export const changeUser = (user: string, body: Schema["UserChange"]) =>
  send("Change the user", client.PUT("/api/v1/users/{user}", { body, params: { path: { user }, header } }));

export const resetUser = (user: string) =>
  read("Make a link for a new password", client.POST("/api/v1/users/{user}/reset", { params: { path: { user }, header } }));

export const endUserSessions = (user: string) =>
  send("End the sessions", client.DELETE("/api/v1/users/{user}/sessions", { params: { path: { user }, header } }));

export const removeUserFactor = (user: string) =>
  send("Remove the second factor", client.DELETE("/api/v1/users/{user}/second-factor", { params: { path: { user }, header } }));

/** POST /session/invitation: answers a one-time link. */
export const acceptInvitation = (body: Schema["InvitationAnswer"]) =>
  read("Answer the invitation", client.POST("/api/v1/session/invitation", { body, params: { header } }));

export const providersQuery = queryOptions({
  queryKey: ["sign-in providers"],
  queryFn: ({ signal }) => read("Other ways to sign in", client.GET("/api/v1/session/providers", { signal })),
  retry: false,
});

export const signInByProvider = (body: Schema["ProviderSignIn"]) =>
  read("Sign in by a provider", client.POST("/api/v1/session/oidc", { body, params: { header } }));

export const ownedTenantsQuery = (organisation: string) =>
  queryOptions({
    queryKey: ["organisations", organisation, "tenants"],
    queryFn: ({ signal }) =>
      read("Tenants", client.GET("/api/v1/organisations/{organisation}/tenants", { params: { path: { organisation } }, signal })),
  });

export const createTenant = (organisation: string, body: Schema["NewPlace"]) =>
  read("Make a tenant", client.POST("/api/v1/organisations/{organisation}/tenants", { body, params: { path: { organisation }, header } }));

export const policyQuery = (tenant: string) =>
  queryOptions({
    queryKey: ["policy", tenant],
    queryFn: ({ signal }) =>
      read("The tenant's policy", client.GET("/api/v1/tenants/{tenant}/policy", { params: { path: { tenant } }, signal })),
  });

export const changePolicy = (tenant: string, body: Schema["PlacePolicy"]) =>
  send("Change the policy", client.PUT("/api/v1/tenants/{tenant}/policy", { body, params: { path: { tenant }, header } }));

export const placesQuery = (tenant: string) =>
  queryOptions({
    queryKey: ["sites", tenant],
    queryFn: ({ signal }) => read("Sites", client.GET("/api/v1/tenants/{tenant}/sites", { params: { path: { tenant } }, signal })),
  });

export const createSite = (tenant: string, body: Schema["NewPlace"]) =>
  read("Make a site", client.POST("/api/v1/tenants/{tenant}/sites", { body, params: { path: { tenant }, header } }));

export const renameSite = (tenant: string, site: string, name: string) =>
  send("Rename the site", client.PUT("/api/v1/tenants/{tenant}/sites/{site}", { body: { name }, params: { path: { tenant, site }, header } }));

export const removeSite = (tenant: string, site: string) =>
  send("Remove the site", client.DELETE("/api/v1/tenants/{tenant}/sites/{site}", { params: { path: { tenant, site }, header } }));

export const floorsQuery = (tenant: string, site: string) =>
  queryOptions({
    queryKey: ["floors", tenant, site],
    queryFn: ({ signal }) =>
      read("Floors", client.GET("/api/v1/tenants/{tenant}/sites/{site}/floors", { params: { path: { tenant, site } }, signal })),
  });

export const createFloor = (tenant: string, site: string, body: Schema["NewFloor"]) =>
  read("Make a floor", client.POST("/api/v1/tenants/{tenant}/sites/{site}/floors", { body, params: { path: { tenant, site }, header } }));

export const removeFloor = (tenant: string, site: string, floor: string) =>
  send(
    "Remove the floor",
    client.DELETE("/api/v1/tenants/{tenant}/sites/{site}/floors/{floor}", { params: { path: { tenant, site, floor }, header } }),
  );
