export const services = [];
export const realm = { authroles: {} };
